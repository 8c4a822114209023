namespace Fairlead.Contracts.Services;

/// <summary>
/// The one contract between a workspace and a compute target: what is to run. On Kubernetes it is the custom resource
/// <c>scoringservices.fairlead.dev</c>; local compute takes the same object in process.
/// </summary>
public sealed record ScoringService
{
    /// <summary>The service's name: see <see cref="ServiceNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Raised by one with every change of <see cref="Spec"/>; the newest wins.</summary>
    public required long Generation { get; init; }

    public required ScoringServiceSpec Spec { get; init; }

    /// <summary>Digests of the keys that open it. On Kubernetes these live in a Secret beside the object.</summary>
    public required ServiceSecret Secret { get; init; }
}

/// <summary>What admits a caller to a service.</summary>
/// <param name="KeyHashes">SHA-256 of each accepted key as UTF-8, as 64 lower-case hexadecimal digits.</param>
public sealed record ServiceSecret(IReadOnlyList<string> KeyHashes);
