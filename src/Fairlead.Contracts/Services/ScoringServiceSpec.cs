using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Routing;

namespace Fairlead.Contracts.Services;

/// <summary>The wanted state of a service: the whole of §1.5 plus models, snapshot and rollout.</summary>
public sealed record ScoringServiceSpec
{
    /// <summary>Name of the workspace it belongs to; user code sees it as <c>WORKSPACE_NAME</c>.</summary>
    public string Workspace { get; set; } = "default";

    /// <summary>Entry script, relative to the snapshot's root; null when the models are served with no code.</summary>
    public string? EntryScript { get; init; }

    /// <summary>Digest of the manifest of the source directory; null when there is none.</summary>
    public string? SnapshotManifest { get; init; }

    /// <summary>Models to place under <c>azureml-models/&lt;name&gt;/&lt;version&gt;</c> (§3.6); may be empty.</summary>
    public IReadOnlyList<ServedModel> Models { get; set; } = [];

    /// <summary>Null runs with the compute target's default interpreter.</summary>
    public EnvironmentDefinition? Environment { get; init; }

    /// <summary>Variables added to the environment's own; these win.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; set; } = new Dictionary<string, string>();

    public ContainerResourceRequirements Resources { get; set; } = new();

    public AutoScaler AutoScaler { get; set; } = new();

    /// <summary>A fixed number of replicas; null or 0 with the autoscaler on (§1.5, §9).</summary>
    public int? NumReplicas { get; init; }

    public LivenessProbeRequirements LivenessProbe { get; set; } = new();

    /// <summary>Whether callers need a key. Default true (§9).</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>Whether callers need a token; excludes <see cref="AuthEnabled"/>.</summary>
    public bool TokenAuthEnabled { get; init; }

    /// <summary>Who else may issue tokens for it, beside the workspace; only with <see cref="TokenAuthEnabled"/>.</summary>
    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    /// <summary>Longest scoring in milliseconds, then 504. Default 60000 (§1.5).</summary>
    public int ScoringTimeoutMs { get; set; } = 60_000;

    /// <summary>Requests in one replica at a time. Default 1 (§1.5).</summary>
    public int MaxConcurrentRequestsPerContainer { get; set; } = 1;

    /// <summary>Longest wait in the queue in milliseconds, then 503. Default 500 (§1.5).</summary>
    public int MaxQueueWaitMs { get; set; } = 500;

    /// <summary>Most requests in the queue; one more is refused with 503. Default 1000 (ours).</summary>
    public int MaxQueueLength { get; set; } = 1000;

    public RolloutStrategy Rollout { get; set; } = new();

    /// <summary>Worker processes in one replica: <c>WORKER_COUNT</c>. Default 1 (§3.5).</summary>
    public int WorkerCount { get; set; } = 1;

    public bool CollectModelData { get; init; }

    public bool AppInsightsEnabled { get; init; }

    /// <summary>For an endpoint: the services that answer for it. It has no replicas itself. Null for a service.</summary>
    public TrafficSplit? Traffic { get; init; }

    /// <summary>Whether the number of replicas follows load.</summary>
    public bool IsAutoscaled => Traffic is null && AutoScaler.AutoscaleEnabled && NumReplicas is null or 0;

    /// <summary>Replicas to begin with: the fixed number, else the autoscaler's minimum; none for an endpoint.</summary>
    public int InitialReplicas => Traffic is not null ? 0 : NumReplicas is > 0 ? NumReplicas.Value : AutoScaler.MinReplicas;
}

/// <summary>A model as a service uses it.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="Version">The registered version.</param>
/// <param name="Framework">A value of <see cref="Models.ModelFrameworks"/>; null when unknown.</param>
/// <param name="Manifest">Digest of its <see cref="Models.FileManifest"/>.</param>
public sealed record ServedModel(string Name, long Version, string? Framework, string Manifest);

/// <summary>How replicas are replaced. Default 1 more and 1 fewer than wanted, as v1 did (§1.6).</summary>
public sealed record RolloutStrategy
{
    /// <summary>Replicas above the wanted number during a rollout; 0 or more.</summary>
    public int MaxSurge { get; set; } = 1;

    /// <summary>Ready replicas below the wanted number during a rollout; 0 or more, not 0 together with
    /// <see cref="MaxSurge"/>. A service with one replica never goes below one ready replica when it may surge.</summary>
    public int MaxUnavailable { get; set; } = 1;
}
