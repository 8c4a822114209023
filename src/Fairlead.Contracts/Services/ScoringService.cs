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

    /// <summary>What opens it. On Kubernetes it lives in a Secret beside the object.</summary>
    public required ServiceSecret Secret { get; init; }
}

/// <summary>What admits a caller to a service.</summary>
/// <param name="KeyHashes">SHA-256 of each accepted key as UTF-8, as 64 lower-case hexadecimal digits.</param>
public sealed record ServiceSecret(IReadOnlyList<string> KeyHashes)
{
    /// <summary>The workspace's own tokens, for services with <c>tokenAuthEnabled</c>; null when it issues none.</summary>
    public WorkspaceTokens? Tokens { get; init; }
}

/// <summary>Which tokens of the workspace open a service. Held by the compute target, so that a gateway needs no workspace to
/// check them.</summary>
/// <param name="Issuer">Their <c>iss</c>.</param>
/// <param name="Audience">Their <c>aud</c>: the service.</param>
/// <param name="Keys">The public keys as a JSON Web Key Set (RFC 7517): those that sign, are about to, or have signed tokens
/// that are still valid.</param>
public sealed record WorkspaceTokens(string Issuer, string Audience, string Keys)
{
    /// <summary>Tokens issued before are refused, for example those of an earlier service of the same name.</summary>
    public DateTimeOffset NotBefore { get; init; }
}
