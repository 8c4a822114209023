using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Host.GatewayRole;

/// <summary>An endpoint in a <see cref="RoutesFile"/>: a name whose requests services of the same file share (§1.8).</summary>
internal sealed record RoutedEndpoint
{
    public string Name { get; set; } = "";

    /// <summary>From 1 to 6.</summary>
    public IReadOnlyList<RoutedVersion> Versions { get; set; } = [];

    /// <summary>Version that gets what no percentile gives away. Default: the first.</summary>
    public string? DefaultVersion { get; set; }

    /// <summary>Request header that keeps a caller with one version. Default none.</summary>
    public string? StickyHeader { get; set; }

    /// <summary>Whether callers need a key. Default true. The services' own keys open only their own paths.</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>SHA-256 of the keys that open the endpoint, in hexadecimal.</summary>
    public IReadOnlyList<string> KeyHashes { get; set; } = [];

    public ServiceRoute ToRoute(IReadOnlyCollection<string> services)
    {
        Require(Name.Length > 0, "name", Name, "some characters");
        Require(!services.Contains(Name), "name", Name, "one that no service of the file has");
        Require(
            Versions.Count is > 0 and <= TrafficSplit.MaxVersions, "versions", Versions.Count, $"1 to {TrafficSplit.MaxVersions} of them");
        foreach (var version in Versions)
        {
            Require(version.Name.Length > 0, "versions.name", version.Name, "some characters");
            Require(Versions.Count(other => other.Name == version.Name) == 1, "versions.name", version.Name, "each name once");
            Require(services.Contains(version.Service), "versions.service", version.Service, "a service of the file");
            Require(
                version.TrafficPercentile is >= 0 and <= 100, "versions.trafficPercentile", version.TrafficPercentile, "0 to 100");
        }

        var sum = Versions.Sum(static version => version.TrafficPercentile);
        Require(sum <= 100, "versions.trafficPercentile", sum, "100 at most, all together");
        Require(Versions.Count(static version => version.IsControl) <= 1, "versions.isControl", "true", "one version at most");
        var byDefault = DefaultVersion ?? Versions[0].Name;
        Require(Versions.Any(version => version.Name == byDefault), "defaultVersion", byDefault, "the name of one of its versions");
        Require(StickyHeader is null || StickyHeader.Length > 0, "stickyHeader", "", "the name of a header");
        foreach (var hash in KeyHashes)
        {
            Require(hash.Length == 64 && hash.All(char.IsAsciiHexDigit), "keyHashes", hash, "64 hexadecimal digits");
        }

        Require(!AuthEnabled || KeyHashes.Count > 0, "keyHashes", "[]", "at least one, or authEnabled false");
        return new ServiceRoute
        {
            Service = Name,
            Spec = new ScoringServiceSpec { AuthEnabled = AuthEnabled, AutoScaler = new AutoScaler { AutoscaleEnabled = false } },
            Secret = new ServiceSecret([.. KeyHashes.Select(static hash => hash.ToLowerInvariant())]),
            DesiredReplicas = 0,
            Replicas = [],
            Traffic = new TrafficSplit
            {
                Versions =
                [
                    .. Versions.Select(static version => new VersionShare(
                        version.Name, version.Service, version.TrafficPercentile, version.IsControl)),
                ],
                DefaultVersion = byDefault,
                StickyHeader = StickyHeader,
            },
        };
    }

    private void Require(bool holds, string field, object value, string allowed)
    {
        if (!holds)
        {
            throw new InvalidDataException($"Endpoint '{Name}': {field} has '{value}'; allowed: {allowed}.");
        }
    }
}

/// <summary>A version of a <see cref="RoutedEndpoint"/>.</summary>
internal sealed record RoutedVersion
{
    public string Name { get; set; } = "";

    /// <summary>Name of a service of the file.</summary>
    public string Service { get; set; } = "";

    /// <summary>Share of the requests, 0 to 100, decimals allowed. Default 0.</summary>
    public decimal TrafficPercentile { get; set; }

    /// <summary>Whether others are compared with it; for statistics only.</summary>
    public bool IsControl { get; set; }
}
