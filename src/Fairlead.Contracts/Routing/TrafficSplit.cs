namespace Fairlead.Contracts.Routing;

/// <summary>How an endpoint's requests are shared among its versions (§1.8). Each version is a service of its own, with its own
/// queue, replicas and autoscaler.</summary>
public sealed record TrafficSplit
{
    /// <summary>Most versions of an endpoint (§1.8).</summary>
    public const int MaxVersions = 6;

    /// <summary>From 1 to <see cref="MaxVersions"/>, with unique names; their percentiles add up to 100 at most.</summary>
    public required IReadOnlyList<VersionShare> Versions { get; init; }

    /// <summary>Name of the version that gets what no percentile gives away.</summary>
    public required string DefaultVersion { get; init; }

    /// <summary>Request header whose value keeps a caller with one version; null: each request is for itself.</summary>
    public string? StickyHeader { get; init; }
}

/// <summary>A version of an endpoint.</summary>
/// <param name="Name">Unique in the endpoint.</param>
/// <param name="Service">The service that answers for it.</param>
/// <param name="TrafficPercentile">Its share of requests, 0 to 100, decimals allowed (§1.8).</param>
/// <param name="IsControl">Whether others are compared with it; for statistics only (§1.8).</param>
/// <param name="ShadowPercentile">Share of the endpoint's requests that it gets a copy of, 0 to 100. Its answers to them are compared with those of
/// the other versions, and given to nobody. Never above 0 for the default version, nor with a traffic percentile above 0.</param>
public sealed record VersionShare(
    string Name, string Service, decimal TrafficPercentile, bool IsControl = false, decimal ShadowPercentile = 0);
