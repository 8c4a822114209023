using System.Text.Json.Serialization;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using k8s.Models;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The wanted state of a service: the whole of §1.5, models and scripts by URL or from a volume, image, rollout,
/// and where its pods may run. Written by the user or a workspace, never by the operator.</summary>
public sealed record ScoringServiceResourceSpec
{
    /// <summary>Name of the workspace it belongs to; user code sees it as <c>WORKSPACE_NAME</c>.</summary>
    public string Workspace { get; set; } = "default";

    /// <summary>Replicas wanted now: what <c>kubectl scale</c> and the autoscaler set. With the autoscaler on it is held
    /// between its minimum and maximum. Default 1.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>Entry script, relative to the source directory; null when the models are served with no code.</summary>
    public string? EntryScript { get; set; }

    /// <summary>The source directory; null when there is none.</summary>
    public FileSet? Source { get; set; }

    /// <summary>Models to place under <c>azureml-models/&lt;name&gt;/&lt;version&gt;</c> (§3.6); may be empty.</summary>
    public IReadOnlyList<ModelSource> Models { get; set; } = [];

    /// <summary>Name of a Secret whose values stand in files' URLs as <c>$(KEY)</c>, read by each pod when it starts: rights that
    /// are renewed, without replacing pods. Null: none.</summary>
    public string? FilesSecret { get; set; }

    /// <summary>Container image of the environment; null for the operator's own image, which has Python alone.</summary>
    public string? Image { get; set; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>; null for Kubernetes' own rule.</summary>
    public string? ImagePullPolicy { get; set; }

    /// <summary>Names of Secrets with credentials of registries.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; set; } = [];

    /// <summary>Python interpreter in the image. Default <c>python3</c>.</summary>
    public string Python { get; set; } = "python3";

    /// <summary>Variables for user code.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; set; } = new Dictionary<string, string>();

    /// <summary>More variables, also from Secrets and ConfigMaps; as in a container of a pod.</summary>
    public IReadOnlyList<V1EnvVar> Env { get; set; } = [];

    /// <summary>All keys of Secrets or ConfigMaps as variables; as in a container of a pod.</summary>
    public IReadOnlyList<V1EnvFromSource> EnvFrom { get; set; } = [];

    /// <summary>What each replica asks for and may use; nothing is added to it.</summary>
    public ContainerResourceRequirements Resources { get; set; } = new();

    /// <summary>Name of the resource that <c>resources.gpu</c> counts. Default <c>nvidia.com/gpu</c>.</summary>
    public string GpuResource { get; set; } = "nvidia.com/gpu";

    /// <summary>Other resources, by name and quantity, for example <c>example.com/fpga: "1"</c>.</summary>
    public IReadOnlyDictionary<string, string> ExtraResources { get; set; } = new Dictionary<string, string>();

    public AutoScaler AutoScaler { get; set; } = new();

    public LivenessProbeRequirements LivenessProbe { get; set; } = new();

    /// <summary>Whether callers need a key. Default true (§9).</summary>
    public bool AuthEnabled { get; set; } = true;

    /// <summary>Whether callers need a token; excludes <see cref="AuthEnabled"/>.</summary>
    public bool TokenAuthEnabled { get; set; }

    /// <summary>Who issues the tokens; beside the workspace that <c>tokens</c> of the Secret names, if it does.</summary>
    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    /// <summary>Name of the Secret with <c>primaryKey</c> and <c>secondaryKey</c>, or with <c>keyHashes</c>; null: the operator
    /// makes <c>NAME-keys</c> with new keys.</summary>
    public string? KeysSecret { get; set; }

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

    public bool CollectModelData { get; set; }

    public bool AppInsightsEnabled { get; set; }

    public IReadOnlyDictionary<string, string> NodeSelector { get; set; } = new Dictionary<string, string>();

    public IReadOnlyList<V1Toleration> Tolerations { get; set; } = [];

    public V1Affinity? Affinity { get; set; }

    public string? PriorityClassName { get; set; }

    public string? RuntimeClassName { get; set; }

    /// <summary>Account of the pods; its token is not mounted. Null for the namespace's default one.</summary>
    public string? ServiceAccountName { get; set; }

    /// <summary>Makes it an endpoint: it runs nothing, and its requests are shared out among the services named here. Null for a
    /// service.</summary>
    public TrafficSource? Traffic { get; set; }

    /// <summary>Replicas wanted now, within the autoscaler's bounds when it is on; none of an endpoint.</summary>
    [JsonIgnore]
    public int WantedReplicas => Traffic is not null ? 0 : AutoScaler.AutoscaleEnabled && AutoScaler.MinReplicas <= AutoScaler.MaxReplicas
        ? Math.Clamp(Replicas, AutoScaler.MinReplicas, AutoScaler.MaxReplicas)
        : Replicas;
}

/// <summary>Files to place: downloaded, or read from a volume.</summary>
public record FileSet
{
    /// <summary>Files to download; excludes <see cref="PersistentVolumeClaim"/>.</summary>
    public IReadOnlyList<FileSource> Files { get; set; } = [];

    /// <summary>A volume that holds them, mounted read-only.</summary>
    public VolumeSource? PersistentVolumeClaim { get; set; }
}

/// <summary>A model and where its files come from.</summary>
public sealed record ModelSource : FileSet
{
    /// <summary>See <see cref="Contracts.Models.ModelNames"/>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Default 1.</summary>
    public long Version { get; set; } = 1;

    /// <summary>A value of <see cref="Contracts.Models.ModelFrameworks"/>; needed without an entry script.</summary>
    public string? Framework { get; set; }
}

/// <summary>One file to download.</summary>
public sealed record FileSource
{
    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>SHA-256 of the content: 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Where to put it, relative to the set's folder; null: the URL's last part, or the folder itself when
    /// <see cref="Unpack"/>.</summary>
    public string? Path { get; set; }

    /// <summary>Whether it is a zip, tar or tar.gz archive to unpack.</summary>
    public bool Unpack { get; set; }
}

/// <summary>Files on a persistent volume.</summary>
public sealed record VolumeSource
{
    public string ClaimName { get; set; } = "";

    /// <summary>Folder on the volume; null for all of it.</summary>
    public string? Path { get; set; }
}
