using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Configuration;

/// <summary>Turns settings into the requests of the workspace API.</summary>
public static class DeploymentRequests
{
    /// <summary>The request that deploys a service with these settings.</summary>
    public static CreateServiceRequest ToCreateRequest(
        this DeploymentSettings settings, string name, string computeType, EnvironmentImageRequest image) => new()
        {
            Name = name,
            ComputeType = computeType,
            EnvironmentImageRequest = image,
            Description = settings.Description,
            KvTags = settings.Tags,
            Properties = settings.Properties,
            AutoScaler = settings.AutoScaler(null),
            NumReplicas = settings.NumReplicas,
            ContainerResourceRequirements = settings.Resources(null),
            LivenessProbeRequirements = settings.Probe(null),
            AuthEnabled = settings.AuthEnabled,
            AadAuthEnabled = settings.TokenAuthEnabled,
            TokenIssuers = settings.TokenIssuers,
            ScoringTimeoutMs = settings.ScoringTimeoutMs,
            MaxConcurrentRequestsPerContainer = settings.ReplicaMaxConcurrentRequests,
            MaxQueueWaitMs = settings.MaxRequestWaitTimeMs,
            MaxQueueLength = settings.MaxQueueLength,
            Rollout = settings.Rollout(null),
            DataCollection = settings.CollectModelData is { } collect ? new DataCollection { StorageEnabled = collect } : null,
            AppInsightsEnabled = settings.EnableAppInsights,
            Namespace = settings.Namespace,
        };

    /// <summary>The same as a request for an endpoint with its first version.</summary>
    public static CreateEndpointRequest ToEndpointRequest(this CreateServiceRequest service) =>
        Node(service).Deserialize(ContractsJson.Default.CreateEndpointRequest)!;

    /// <summary>The same as a request for a version of an endpoint, of the service's name.</summary>
    public static CreateVersionRequest ToVersionRequest(this CreateServiceRequest service) =>
        Node(service).Deserialize(ContractsJson.Default.CreateVersionRequest)!;

    /// <summary>The steps that give a version of an endpoint its share and parts; members left null add none.</summary>
    public static IReadOnlyList<PatchStep> ToPatch(decimal? trafficPercentile, bool? isDefault, bool? isControl) =>
    [
        .. Step("trafficPercentile", trafficPercentile is { } share ? JsonValue.Create(share) : null),
        .. Step("isDefault", Flag(isDefault)),
        .. Step("isControlVersionType", Flag(isControl)),
    ];

    /// <summary>
    /// The JSON Patch that gives a service these settings. Objects are sent whole, with what is unchanged taken from
    /// <paramref name="current"/>, so that one step never depends on a member being there.
    /// </summary>
    public static IReadOnlyList<PatchStep> ToPatch(
        this DeploymentSettings settings, ServiceDto current, EnvironmentImageRequest? image)
    {
        var json = ContractsJson.Default;
        var steps = new List<PatchStep>();
        Add("environmentImageRequest", image, json.EnvironmentImageRequest);
        Add("autoScaler", settings.AutoScaler(current.AutoScaler), json.AutoScalerDto);
        Add(
            "containerResourceRequirements",
            settings.Resources(current.ContainerResourceRequirements),
            json.ContainerResourceRequirements);
        Add("livenessProbeRequirements", settings.Probe(current.LivenessProbeRequirements), json.LivenessProbeRequirements);
        Add("rollout", settings.Rollout(current.Rollout), json.RolloutStrategy);
        AddValue("description", settings.Description is { } text ? JsonValue.Create(text) : null);
        AddValue("kvTags", Map(settings.Tags));
        AddValue("properties", settings.Properties is null ? null : Map(Merged(current.Properties, settings.Properties)));
        AddValue("numReplicas", Whole(settings.NumReplicas));
        AddValue("authEnabled", Flag(settings.AuthEnabled));
        AddValue("aadAuthEnabled", Flag(settings.TokenAuthEnabled));
        Add("tokenIssuers", settings.TokenIssuers, json.IReadOnlyListTokenIssuer);
        AddValue("scoringTimeoutMs", Whole(settings.ScoringTimeoutMs));
        AddValue("maxConcurrentRequestsPerContainer", Whole(settings.ReplicaMaxConcurrentRequests));
        AddValue("maxQueueWaitMs", Whole(settings.MaxRequestWaitTimeMs));
        AddValue("maxQueueLength", Whole(settings.MaxQueueLength));
        AddValue("appInsightsEnabled", Flag(settings.EnableAppInsights));
        AddValue("namespace", settings.Namespace is { } name ? JsonValue.Create(name) : null);
        if (settings.CollectModelData is { } collect)
        {
            Add("dataCollection", current.DataCollection with { StorageEnabled = collect }, json.DataCollection);
        }

        return steps;

        void Add<T>(string path, T? value, JsonTypeInfo<T> type)
            where T : class => AddValue(path, value is null ? null : JsonSerializer.SerializeToNode(value, type));

        void AddValue(string path, JsonNode? value)
        {
            if (value is not null)
            {
                steps.Add(new PatchStep("add", "/" + path, value));
            }
        }
    }

    private static JsonNode Node(CreateServiceRequest service) =>
        JsonSerializer.SerializeToNode(service, ContractsJson.Default.CreateServiceRequest)!;

    private static PatchStep[] Step(string path, JsonNode? value) => value is null ? [] : [new PatchStep("add", "/" + path, value)];

    private static JsonValue? Whole(int? value) => value is { } number ? JsonValue.Create(number) : null;

    private static JsonValue? Flag(bool? value) => value is { } flag ? JsonValue.Create(flag) : null;

    private static JsonObject? Map(IReadOnlyDictionary<string, string>? values) => values is null
        ? null
        : new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));

    private static Dictionary<string, string> Merged(
        IReadOnlyDictionary<string, string> below, IReadOnlyDictionary<string, string> above)
    {
        var result = new Dictionary<string, string>(below);
        foreach (var (key, value) in above)
        {
            result[key] = value;
        }

        return result;
    }
}
