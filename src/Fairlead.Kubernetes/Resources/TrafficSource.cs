using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;

namespace Fairlead.Kubernetes.Resources;

/// <summary>How an endpoint's requests are shared (§1.8), as the resource says it: <see cref="TrafficSplit"/>, unchecked.</summary>
public sealed record TrafficSource
{
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
        })],
        DefaultVersion = split.DefaultVersion,
        StickyHeader = split.StickyHeader,
    };

    /// <summary>What a gateway can route by; null when it is not right.</summary>
    public TrafficSplit? ToSplit() => Check().Any() ? null : new TrafficSplit
    {
        Versions = [.. Versions.Select(static version => new VersionShare(
            version.Name, version.Service, version.TrafficPercentile, version.IsControl))],
        DefaultVersion = DefaultVersion ?? Versions[0].Name,
        StickyHeader = StickyHeader,
    };

    /// <summary>Every field that cannot work; empty when all can.</summary>
    public IEnumerable<ErrorDetail> Check()
    {
        const string Field = "spec.traffic.versions";
        if (Versions.Count is 0 or > TrafficSplit.MaxVersions)
        {
            yield return Problem(Field, FormattableString.Invariant(
                $"has {Versions.Count} versions, but must have 1 to {TrafficSplit.MaxVersions}"));
        }

        for (var i = 0; i < Versions.Count; i++)
        {
            var version = Versions[i];
            var field = FormattableString.Invariant($"{Field}[{i}]");
            if (version.Name.Length == 0 || Versions.Take(i).Any(other => other.Name == version.Name))
            {
                yield return Problem(field + ".name", $"is '{version.Name}', but must be a name that no other version has");
            }

            if (version.Service.Length == 0)
            {
                yield return Problem(field + ".service", "is missing, but must be the name of a service in this namespace");
            }

            if (version.TrafficPercentile is < 0 or > 100)
            {
                yield return Problem(
                    field + ".trafficPercentile", FormattableString.Invariant($"is {version.TrafficPercentile}, but must be from 0 to 100"));
            }
        }

        // A sum of out-of-range numbers would only say the same again.
        var sum = Versions.Sum(static version => Math.Clamp(version.TrafficPercentile, 0, 100));
        if (sum > 100)
        {
            yield return Problem(
                Field, FormattableString.Invariant($"have a trafficPercentile of {sum} all together, but must have 100 at most"));
        }

        if (Versions.Count(static version => version.IsControl) > 1)
        {
            yield return Problem(Field, "have 'isControl' more than once; one version at most is the control version");
        }

        if (DefaultVersion is not null && Versions.All(version => version.Name != DefaultVersion))
        {
            yield return Problem("spec.traffic.defaultVersion", $"is '{DefaultVersion}', but must be the name of one of the versions");
        }

        if (StickyHeader is "")
        {
            yield return Problem("spec.traffic.stickyHeader", "is empty, but must be the name of a header, or absent");
        }
    }

    private static ErrorDetail Problem(string field, string what) => new(ErrorCodes.InvalidArgument, $"'{field}' {what}", field);
}

/// <summary>A version of an endpoint.</summary>
public sealed record VersionSource
{
    public string Name { get; set; } = "";

    /// <summary>Name of the ScoringService, in the same namespace, that answers for it.</summary>
    public string Service { get; set; } = "";

    /// <summary>Share of the requests in percent, decimals allowed. Default 0.</summary>
    public decimal TrafficPercentile { get; set; }

    /// <summary>Whether others are compared with it; for statistics only.</summary>
    public bool IsControl { get; set; }
}
