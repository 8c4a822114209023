using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Host.GatewayRole;

/// <summary>The services of a gateway that no compute target tells of, as a JSON file says (docs/gateway.md).</summary>
internal sealed record RoutesFile
{
    public IReadOnlyList<RoutedService> Services { get; set; } = [];

    public IReadOnlyList<RoutedEndpoint> Endpoints { get; set; } = [];

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="InvalidDataException">What is wrong with it, and where.</exception>
    public static IReadOnlyList<ServiceRoute> Parse(string json)
    {
        RoutesFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, RoutesJson.Default.RoutesFile)
                ?? throw new InvalidDataException("The file holds null, but must hold an object with 'services'.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }

        var twice = file.Services.GroupBy(static service => service.Name).FirstOrDefault(static group => group.Count() > 1);
        if (twice is not null)
        {
            throw new InvalidDataException($"services: the name '{twice.Key}' is there twice, but must be unique.");
        }

        if (file.Endpoints.GroupBy(static endpoint => endpoint.Name).FirstOrDefault(static group => group.Count() > 1) is { } same)
        {
            throw new InvalidDataException($"endpoints: the name '{same.Key}' is there twice, but must be unique.");
        }

        // Services first: an endpoint is published when those that answer for it are.
        var names = file.Services.Select(static service => service.Name).ToHashSet(StringComparer.Ordinal);
        return [.. file.Services.Select(static service => service.ToRoute()), .. file.Endpoints.Select(endpoint => endpoint.ToRoute(names))];
    }
}

/// <summary>A service in a <see cref="RoutesFile"/>; names and defaults are those of deployment settings.</summary>
internal sealed record RoutedService
{
    public string Name { get; set; } = "";

    /// <summary>Base addresses, for example <c>http://10.0.0.5:5001</c>.</summary>
    public IReadOnlyList<string> Replicas { get; set; } = [];

    public int MaxConcurrentRequestsPerContainer { get; set; } = 1;

    public int MaxQueueWaitMs { get; set; } = 500;

    public int MaxQueueLength { get; set; } = 1000;

    public string? PriorityHeader { get; set; }

    public int HedgeAfterMs { get; set; }

    public int ScoringTimeoutMs { get; set; } = 60_000;

    /// <summary>Whether callers need a key. Default true.</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>SHA-256 of the keys that open the service, in hexadecimal.</summary>
    public IReadOnlyList<string> KeyHashes { get; set; } = [];

    /// <summary>Whether callers need a token instead. Default false.</summary>
    public bool TokenAuthEnabled { get; set; }

    /// <summary>Who issues the tokens.</summary>
    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    public ServiceRoute ToRoute()
    {
        Require(Name.Length > 0, "name", Name, "some characters");
        foreach (var hash in KeyHashes)
        {
            Require(hash.Length == 64 && hash.All(char.IsAsciiHexDigit), "keyHashes", hash, "64 hexadecimal digits");
        }

        Require(!AuthEnabled || KeyHashes.Count > 0, "keyHashes", "[]", "at least one, or authEnabled false");
        Require(!TokenAuthEnabled || TokenIssuers.Count > 0, "tokenIssuers", "[]", "at least one, or tokenAuthEnabled false");
        var spec = new ScoringServiceSpec
        {
            AuthEnabled = AuthEnabled,
            TokenAuthEnabled = TokenAuthEnabled,
            TokenIssuers = TokenIssuers,
            NumReplicas = Replicas.Count,
            MaxConcurrentRequestsPerContainer = MaxConcurrentRequestsPerContainer,
            MaxQueueWaitMs = MaxQueueWaitMs,
            MaxQueueLength = MaxQueueLength,
            PriorityHeader = PriorityHeader,
            HedgeAfterMs = HedgeAfterMs,
            ScoringTimeoutMs = ScoringTimeoutMs,
        };
        if (ServingRules.Check(spec, ServingNames.RoutesFile).Found is [var problem, ..])
        {
            throw new InvalidDataException($"Service '{Name}': {problem.Message}.");
        }

        return new ServiceRoute
        {
            Service = Name,
            Spec = spec,
            Secret = new ServiceSecret([.. KeyHashes.Select(static hash => hash.ToLowerInvariant())]),
            DesiredReplicas = Replicas.Count,
            Replicas = [.. Replicas.Distinct().Select(Endpoint)],
        };
    }

    // A replica is the same one as long as its address is.
    private ReplicaEndpoint Endpoint(string address)
    {
        Require(
            Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed is { Scheme: "http", PathAndQuery: "/" },
            "replicas", address, "http://<host>:<port>");
        return new ReplicaEndpoint(parsed!.Authority, parsed, MaxConcurrentRequestsPerContainer, Draining: false);
    }

    private void Require(bool holds, string field, object value, string allowed)
    {
        if (!holds)
        {
            throw new InvalidDataException($"Service '{Name}': {field} has '{value}'; allowed: {allowed}.");
        }
    }
}

/// <summary>Reads the file; an unknown member is an error, since it is most likely a slip of the pen.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RoutesFile))]
internal sealed partial class RoutesJson : JsonSerializerContext;
