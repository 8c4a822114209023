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
            PriorityHeader = settings.PriorityHeader,
            HedgeAfterMs = settings.HedgeAfterMs,
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
    public static IReadOnlyList<PatchStep> ToPatch(
        decimal? trafficPercentile, decimal? shadowPercentile, bool? isDefault, bool? isControl) =>
    [
        .. Step("trafficPercentile", trafficPercentile is { } share ? JsonValue.Create(share) : null),
        .. Step("shadowPercentile", shadowPercentile is { } shadow ? JsonValue.Create(shadow) : null),
        .. Step("isDefault", Flag(isDefault)),
        .. Step("isControlVersionType", Flag(isControl)),
    ];

    /// <summary>The steps that change what belongs to an endpoint itself; other settings add none.</summary>
    /// <param name="settings">Members left null add no step.</param>
    /// <param name="current">The endpoint as it is: properties are added to its own.</param>
    /// <param name="stickyHeader">Empty takes it away.</param>
    public static IReadOnlyList<PatchStep> ToPatch(this DeploymentSettings settings, EndpointDto current, string? stickyHeader) =>
    [
        .. LabelSteps(settings, current.Properties),
        .. AuthenticationSteps(settings),
        .. Step("appInsightsEnabled", Flag(settings.EnableAppInsights)),
        .. stickyHeader is "" ? [new PatchStep("remove", "/stickyHeader", null)] : Step("stickyHeader", Value(stickyHeader)),
    ];

    /// <summary>
    /// The JSON Patch that gives a service these settings. Objects are sent whole, with what is unchanged taken from
    /// <paramref name="current"/>, so that one step never depends on a member being there.
    /// </summary>
    public static IReadOnlyList<PatchStep> ToPatch(
        this DeploymentSettings settings, ServiceDto current, EnvironmentImageRequest? image)
    {
        var json = ContractsJson.Default;
        return
        [
            .. Step("environmentImageRequest", image, json.EnvironmentImageRequest),
            .. Step("autoScaler", settings.AutoScaler(current.AutoScaler), json.AutoScalerDto),
            .. Step(
                "containerResourceRequirements",
                settings.Resources(current.ContainerResourceRequirements),
                json.ContainerResourceRequirements),
            .. Step("livenessProbeRequirements", settings.Probe(current.LivenessProbeRequirements), json.LivenessProbeRequirements),
            .. Step("rollout", settings.Rollout(current.Rollout), json.RolloutStrategy),
            .. LabelSteps(settings, current.Properties),
            .. Step("numReplicas", Whole(settings.NumReplicas)),
            .. AuthenticationSteps(settings),
            .. Step("scoringTimeoutMs", Whole(settings.ScoringTimeoutMs)),
            .. Step("maxConcurrentRequestsPerContainer", Whole(settings.ReplicaMaxConcurrentRequests)),
            .. Step("maxQueueWaitMs", Whole(settings.MaxRequestWaitTimeMs)),
            .. Step("maxQueueLength", Whole(settings.MaxQueueLength)),
            .. Step("priorityHeader", Value(settings.PriorityHeader)),
            .. Step("hedgeAfterMs", Whole(settings.HedgeAfterMs)),
            .. Step("appInsightsEnabled", Flag(settings.EnableAppInsights)),
            .. Step("namespace", Value(settings.Namespace)),
            .. settings.CollectModelData is { } collect
                ? Step("dataCollection", current.DataCollection with { StorageEnabled = collect }, json.DataCollection) : [],
        ];
    }

    private static IEnumerable<PatchStep> LabelSteps(DeploymentSettings settings, IReadOnlyDictionary<string, string> properties) =>
    [
        .. Step("description", Value(settings.Description)),
        .. Step("kvTags", Map(settings.Tags)),
        .. Step("properties", settings.Properties is null ? null : Map(Merged(properties, settings.Properties))),
    ];

    private static IEnumerable<PatchStep> AuthenticationSteps(DeploymentSettings settings) =>
    [
        .. Step("authEnabled", Flag(settings.AuthEnabled)),
        .. Step("aadAuthEnabled", Flag(settings.TokenAuthEnabled)),
        .. Step("tokenIssuers", settings.TokenIssuers, ContractsJson.Default.IReadOnlyListTokenIssuer),
    ];

    private static JsonNode Node(CreateServiceRequest service) =>
        JsonSerializer.SerializeToNode(service, ContractsJson.Default.CreateServiceRequest)!;

    private static PatchStep[] Step(string path, JsonNode? value) => value is null ? [] : [new PatchStep("add", "/" + path, value)];

    private static PatchStep[] Step<T>(string path, T? value, JsonTypeInfo<T> type)
        where T : class => Step(path, value is null ? null : JsonSerializer.SerializeToNode(value, type));

    private static JsonValue? Value(string? text) => text is null ? null : JsonValue.Create(text);

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
