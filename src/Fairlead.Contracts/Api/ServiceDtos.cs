using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Api;

/// <summary>
/// <c>POST /services</c>: CreateServiceRequest with the AKS members (§6.2). 202 with <c>Operation-Location</c> and the
/// <see cref="ServiceDto"/>. Members left null take the defaults of §1.5. 409 <c>ServiceAlreadyExists</c> unless
/// <see cref="Overwrite"/>; 409 <c>ServiceBusy</c> while another operation runs on it.
/// </summary>
public sealed record CreateServiceRequest : ServiceSettingsDto
{
    /// <summary>See <see cref="ServiceNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary><c>AKS</c> or <c>LOCAL</c>, in any case; both are taken by every compute target.</summary>
    public required string ComputeType { get; init; }

    /// <summary>Name of the compute target; null for the workspace's default one.</summary>
    public string? ComputeName { get; init; }

    /// <summary>Keys to use instead of new ones.</summary>
    public AuthKeysDto? Keys { get; init; }

    /// <summary>Re-deploy over an existing service, which keeps its URL and keys (§1.2). Ours; v1 did it in its client.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>
/// The settings of a service that create and update share. Null is the default on create and "unchanged" on update.
/// <c>PATCH /services/{name}</c> takes a JSON Patch over this object (§6.2) and answers 202 with
/// <c>Operation-Location</c>.
/// </summary>
public record ServiceSettingsDto
{
    public string? Description { get; init; }

    /// <summary>Tags; an update replaces them (§1.6).</summary>
    public IReadOnlyDictionary<string, string>? KvTags { get; init; }

    /// <summary>Properties; an update may add, never change (§1.6).</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    public EnvironmentImageRequest? EnvironmentImageRequest { get; init; }

    public AutoScalerDto? AutoScaler { get; init; }

    public int? NumReplicas { get; init; }

    public ContainerResourceRequirements? ContainerResourceRequirements { get; init; }

    public LivenessProbeRequirements? LivenessProbeRequirements { get; init; }

    public bool? AuthEnabled { get; init; }

    /// <summary>Token authentication (<c>token_auth_enabled</c>).</summary>
    public bool? AadAuthEnabled { get; init; }

    /// <summary>Who else may issue tokens for it (ours); an update replaces the list.</summary>
    public IReadOnlyList<TokenIssuer>? TokenIssuers { get; init; }

    public int? ScoringTimeoutMs { get; init; }

    public int? MaxConcurrentRequestsPerContainer { get; init; }

    public int? MaxQueueWaitMs { get; init; }

    /// <summary>Most requests waiting at a time (ours).</summary>
    public int? MaxQueueLength { get; init; }

    /// <summary>Request header with a request's urgency (ours); empty for none.</summary>
    public string? PriorityHeader { get; init; }

    /// <summary>When to ask a second replica too (ours); 0 for never.</summary>
    public int? HedgeAfterMs { get; init; }

    /// <summary>Surge and unavailable (ours).</summary>
    public RolloutStrategy? Rollout { get; init; }

    public DataCollection? DataCollection { get; init; }

    public bool? AppInsightsEnabled { get; init; }

    /// <summary>Kubernetes namespace; ignored by local compute.</summary>
    public string? Namespace { get; init; }
}

/// <summary><see cref="AutoScaler"/> with every member optional.</summary>
public sealed record AutoScalerDto
{
    public bool? AutoscaleEnabled { get; init; }

    public int? MinReplicas { get; init; }

    public int? MaxReplicas { get; init; }

    public int? RefreshPeriodInSeconds { get; init; }

    public int? TargetUtilization { get; init; }
}

/// <summary>What runs in the service (§6.2).</summary>
public sealed record EnvironmentImageRequest
{
    /// <summary>Entry script, relative to the snapshot's root; null for a model served with no code.</summary>
    public string? DriverProgram { get; init; }

    /// <summary>Snapshot of the source directory: <see cref="AssetDto.Url"/>.</summary>
    public string? SnapshotUrl { get; init; }

    /// <summary>Models, as <c>name:version</c> or <c>name</c> for the newest.</summary>
    public IReadOnlyList<string> ModelIds { get; set; } = [];

    /// <summary>A definition used as it is; excludes <see cref="EnvironmentReference"/>.</summary>
    public EnvironmentDefinition? Environment { get; init; }

    /// <summary>A registered environment.</summary>
    public EnvironmentReference? EnvironmentReference { get; init; }
}

/// <summary>Names a registered environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null for the newest.</param>
public sealed record EnvironmentReference(string Name, string? Version = null);

/// <summary>The two keys of a service: <c>POST /services/{name}/listkeys</c>.</summary>
public sealed record AuthKeysDto(string? PrimaryKey, string? SecondaryKey);

/// <summary><c>POST /services/{name}/regenerateKeys</c> (§6.2). 200 with the <see cref="AuthKeysDto"/>.</summary>
/// <param name="KeyType"><c>Primary</c> or <c>Secondary</c>.</param>
/// <param name="KeyValue">The key to set; null for a new one.</param>
public sealed record RegenerateKeyRequest(string KeyType, string? KeyValue = null);

/// <summary>A token for a service: <c>POST /services/{name}/token</c>, 201 (§6.2). Times are seconds since 1970.</summary>
public sealed record AccessTokenDto
{
    /// <summary>Sent as <c>Authorization: Bearer</c>.</summary>
    public required string AccessToken { get; init; }

    public string TokenType { get; set; } = "Bearer";

    /// <summary>When it ends.</summary>
    public required long ExpiryOn { get; init; }

    /// <summary>When to get the next one.</summary>
    public required long RefreshAfter { get; init; }
}

/// <summary>A service: AKSServiceResponse of §6.2.</summary>
public sealed record ServiceDto
{
    /// <summary>Same as <see cref="Name"/>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string ComputeType { get; init; }

    public required string ComputeName { get; init; }

    public required ServiceState State { get; init; }

    public ErrorDocument? Error { get; init; }

    /// <summary>The newest operation on it.</summary>
    public string? OperationId { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public required DateTimeOffset UpdatedTime { get; init; }

    public string DeploymentType { get; set; } = "HttpRealtimeEndpoint";

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> KvTags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    public required string ScoringUri { get; init; }

    public required string SwaggerUri { get; init; }

    public required DeploymentStatusDto DeploymentStatus { get; init; }

    public IReadOnlyList<ModelDto> Models { get; set; } = [];

    public EnvironmentImageRequest? EnvironmentImageRequest { get; init; }

    public required AutoScaler AutoScaler { get; init; }

    public int? NumReplicas { get; init; }

    public required ContainerResourceRequirements ContainerResourceRequirements { get; init; }

    public required LivenessProbeRequirements LivenessProbeRequirements { get; init; }

    public bool AuthEnabled { get; init; }

    public bool AadAuthEnabled { get; init; }

    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    public int ScoringTimeoutMs { get; init; }

    public int MaxConcurrentRequestsPerContainer { get; init; }

    public int MaxQueueWaitMs { get; init; }

    public int MaxQueueLength { get; init; }

    public string? PriorityHeader { get; init; }

    public int HedgeAfterMs { get; init; }

    public required RolloutStrategy Rollout { get; init; }

    public required DataCollection DataCollection { get; init; }

    public bool AppInsightsEnabled { get; init; }
}

/// <summary>Replicas of a service (§1.6), with each of them (ours).</summary>
public sealed record DeploymentStatusDto
{
    public int DesiredReplicas { get; init; }

    public int UpdatedReplicas { get; init; }

    public int AvailableReplicas { get; init; }

    public ErrorDocument? Error { get; init; }

    /// <summary>What is being done now; null when nothing is.</summary>
    public string? Activity { get; init; }

    /// <summary>What works against the service though it runs; null when nothing does.</summary>
    public string? Warning { get; init; }

    public IReadOnlyList<ReplicaStatus> Replicas { get; set; } = [];
}
