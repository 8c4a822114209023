namespace Fairlead.Contracts.Routing;

/// <summary>How an endpoint's requests are shared (§1.8), as a file or resource says it: <see cref="TrafficSplit"/>, unchecked.</summary>
public record TrafficSource
{
    private const string VersionsField = "versions";
    private const string Shadow = "shadowPercentile";

    /// <summary>1 to 6, with unique names.</summary>
    public IReadOnlyList<VersionSource> Versions { get; set; } = [];

    /// <summary>Name of the version that gets what no percentile gives away; null: the first.</summary>
    public string? DefaultVersion { get; set; }

    /// <summary>Request header whose value keeps a caller with one version; null: each request is for itself.</summary>
    public string? StickyHeader { get; set; }

    public static TrafficSource Of(TrafficSplit split) => new()
    {
        Versions = [.. split.Versions.Select(static version => new VersionSource
        {
            Name = version.Name,
            Service = version.Service,
            TrafficPercentile = version.TrafficPercentile,
            IsControl = version.IsControl,
            ShadowPercentile = version.ShadowPercentile,
        })],
        DefaultVersion = split.DefaultVersion,
        StickyHeader = split.StickyHeader,
    };

    /// <summary>What a gateway can route by; null when it is not right.</summary>
    public TrafficSplit? ToSplit() => Check().Any() ? null : new TrafficSplit
    {
        Versions = [.. Versions.Select(static version => new VersionShare(
            version.Name, version.Service, version.TrafficPercentile, version.IsControl, version.ShadowPercentile))],
        DefaultVersion = DefaultVersion ?? Versions[0].Name,
        StickyHeader = StickyHeader,
    };

    /// <summary>What cannot work; empty when all can. Whoever reads the text says it in its own words for fields.</summary>
    public IEnumerable<TrafficProblem> Check()
    {
        if (Versions.Count is 0 or > TrafficSplit.MaxVersions)
        {
            yield return new TrafficProblem(null, VersionsField, Versions.Count, FormattableString.Invariant($"1 to {TrafficSplit.MaxVersions} of them"));
        }

        for (var i = 0; i < Versions.Count; i++)
        {
            var version = Versions[i];
            if (version.Name.Length == 0 || Versions.Take(i).Any(other => other.Name == version.Name))
            {
                yield return new TrafficProblem(i, "name", version.Name, "some characters, and each name once");
            }

            if (version.Service.Length == 0)
            {
                yield return new TrafficProblem(i, "service", "", "the name of a service");
            }

            if (version.TrafficPercentile is < 0 or > 100)
            {
                yield return new TrafficProblem(i, "trafficPercentile", version.TrafficPercentile, "0 to 100");
            }

            if (version.ShadowPercentile is < 0 or > 100)
            {
                yield return new TrafficProblem(i, Shadow, version.ShadowPercentile, "0 to 100");
            }
            else if (version.ShadowPercentile > 0 && (version.TrafficPercentile > 0 || version.Name == (DefaultVersion ?? Versions[0].Name)))
            {
                yield return new TrafficProblem(
                    i, Shadow, version.ShadowPercentile, "0, since its answers go to callers: it is the default version or has a trafficPercentile");
            }
        }

        // A sum of out-of-range numbers would only say the same again.
        var sum = Versions.Sum(static version => Math.Clamp(version.TrafficPercentile, 0, 100));
        if (sum > 100)
        {
            yield return new TrafficProblem(null, VersionsField, sum, "100 at most, the trafficPercentile of all together");
        }

        var controls = Versions.Count(static version => version.IsControl);
        if (controls > 1)
        {
            yield return new TrafficProblem(null, VersionsField, controls, "isControl of one version at most");
        }

        if (DefaultVersion is not null && Versions.All(version => version.Name != DefaultVersion))
        {
            yield return new TrafficProblem(null, "defaultVersion", DefaultVersion, "the name of one of the versions");
        }

        if (StickyHeader is "")
        {
            yield return new TrafficProblem(null, "stickyHeader", "", "the name of a header, or absent");
        }
    }
}

/// <summary>A member of a <see cref="TrafficSource"/> that cannot work.</summary>
/// <param name="Version">Index of the version it is of; null for the endpoint's own.</param>
/// <param name="Member">Its name in JSON.</param>
/// <param name="Value">What it has.</param>
/// <param name="Allowed">What it may have.</param>
public sealed record TrafficProblem(int? Version, string Member, object Value, string Allowed);

/// <summary>A version of an endpoint.</summary>
public sealed record VersionSource
{
    public string Name { get; set; } = "";

    /// <summary>Name of the service that answers for it: in the same namespace, or the same file.</summary>
    public string Service { get; set; } = "";

    /// <summary>Share of the requests in percent, decimals allowed. Default 0.</summary>
    public decimal TrafficPercentile { get; set; }

    /// <summary>Whether others are compared with it; for statistics only.</summary>
    public bool IsControl { get; set; }

    /// <summary>Share of the requests in percent that it gets a copy of; its answers are compared and given to nobody. Default 0; not with
    /// a <see cref="TrafficPercentile"/>, nor for the default version.</summary>
    public decimal ShadowPercentile { get; set; }
}
