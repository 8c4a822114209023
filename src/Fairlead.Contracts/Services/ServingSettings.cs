namespace Fairlead.Contracts.Services;

/// <summary>What is wanted of a service however its files are named: the settings of §1.5 that a workspace's record of a
/// service and a <c>ScoringService</c> of Kubernetes have in common. <see cref="ServingRules"/> says what is allowed.</summary>
public abstract record ServingSettings
{
    /// <summary>Name of the workspace it belongs to; user code sees it as <c>WORKSPACE_NAME</c>.</summary>
    public string Workspace { get; set; } = "default";

    /// <summary>Entry script, relative to the source directory; null when the models are served with no code.</summary>
    public string? EntryScript { get; set; }

    /// <summary>Variables for user code; these win over those of the environment.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; set; } = new Dictionary<string, string>();

    /// <summary>What each replica asks for and may use; nothing is added to it.</summary>
    public ContainerResourceRequirements Resources { get; set; } = new();

    public AutoScaler AutoScaler { get; set; } = new();

    public LivenessProbeRequirements LivenessProbe { get; set; } = new();

    /// <summary>Whether callers need a key. Default true (§9).</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>Whether callers need a token; excludes <see cref="AuthEnabled"/>.</summary>
    public bool TokenAuthEnabled { get; set; }

    /// <summary>Who may issue tokens for it beside the workspace; only with <see cref="TokenAuthEnabled"/>.</summary>
    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    /// <summary>Longest scoring in milliseconds, then 504. Default 60000 (§1.5).</summary>
    public int ScoringTimeoutMs { get; set; } = 60_000;

    /// <summary>Requests in one replica at a time. Default 1 (§1.5).</summary>
    public int MaxConcurrentRequestsPerContainer { get; set; } = 1;

    /// <summary>Longest wait in the queue in milliseconds, then 503. Default 500 (§1.5).</summary>
    public int MaxQueueWaitMs { get; set; } = 500;

    /// <summary>Most requests in the queue; one more is refused with 503. Default 1000 (ours).</summary>
    public int MaxQueueLength { get; set; } = 1000;

    /// <summary>Request header that says how urgent a request is, as in RFC 9218: from 0 (first) to 7 (last), 3 when it says nothing. Null:
    /// requests are served in the order in which they come (ours).</summary>
    public string? PriorityHeader { get; set; }

    /// <summary>Milliseconds after which a scoring request that has no answer yet is sent to a second replica too, if one is free; the first
    /// answer counts. The model may so run twice. Default 0: never (ours).</summary>
    public int HedgeAfterMs { get; set; }

    public RolloutStrategy Rollout { get; set; } = new();

    /// <summary>Worker processes in one replica: <c>WORKER_COUNT</c>. Default 1 (§3.5).</summary>
    public int WorkerCount { get; set; } = 1;

    public bool CollectModelData { get; set; }

    public bool AppInsightsEnabled { get; set; }
}
