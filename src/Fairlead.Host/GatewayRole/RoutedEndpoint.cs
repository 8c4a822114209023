using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Host.GatewayRole;

/// <summary>An endpoint in a <see cref="RoutesFile"/>: a name whose requests services of the same file share (§1.8).</summary>
internal sealed record RoutedEndpoint : TrafficSource
{
    public string Name { get; set; } = "";

    /// <summary>Whether callers need a key. Default true. The services' own keys open only their own paths.</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>SHA-256 of the keys that open the endpoint, in hexadecimal.</summary>
    public IReadOnlyList<string> KeyHashes { get; set; } = [];

    public ServiceRoute ToRoute(IReadOnlyCollection<string> services)
    {
        Require(Name.Length > 0, "name", Name, "some characters");
        Require(!services.Contains(Name), "name", Name, "one that no service of the file has");
        if (Check().FirstOrDefault() is { } problem)
        {
            throw Bad((problem.Version is null ? "" : "versions.") + problem.Member, problem.Value, problem.Allowed);
        }

        foreach (var version in Versions)
        {
            Require(services.Contains(version.Service), "versions.service", version.Service, "a service of the file");
        }

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
            Traffic = ToSplit(),
        };
    }

    private void Require(bool holds, string field, object value, string allowed)
    {
        if (!holds)
        {
            throw Bad(field, value, allowed);
        }
    }

    private InvalidDataException Bad(string field, object value, string allowed) =>
        new($"Endpoint '{Name}': {field} has '{value}'; allowed: {allowed}.");
}
