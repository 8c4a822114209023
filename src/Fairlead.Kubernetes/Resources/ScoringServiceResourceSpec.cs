using System.Text.Json.Serialization;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using k8s.Models;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The wanted state of a service: the whole of §1.5, models and scripts by URL or from a volume, image, rollout,
/// and where its pods may run. Written by the user or a workspace, never by the operator.</summary>
public sealed record ScoringServiceResourceSpec : ServingSettings
{
    public ScoringServiceResourceSpec()
    {
    }

    /// <summary>One with the same settings; the rest is to be set.</summary>
    public ScoringServiceResourceSpec(ServingSettings settings)
        : base(settings)
    {
    }

    /// <summary>Replicas wanted now: what <c>kubectl scale</c> and the autoscaler set. With the autoscaler on it is held
    /// between its minimum and maximum. Default 1.</summary>
    public int Replicas { get; set; } = 1;

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

    /// <summary>More variables, also from Secrets and ConfigMaps; as in a container of a pod.</summary>
    public IReadOnlyList<V1EnvVar> Env { get; set; } = [];

    /// <summary>All keys of Secrets or ConfigMaps as variables; as in a container of a pod.</summary>
    public IReadOnlyList<V1EnvFromSource> EnvFrom { get; set; } = [];

    /// <summary>Name of the resource that <c>resources.gpu</c> counts. Default <c>nvidia.com/gpu</c>.</summary>
    public string GpuResource { get; set; } = "nvidia.com/gpu";

    /// <summary>Other resources, by name and quantity, for example <c>example.com/fpga: "1"</c>.</summary>
    public IReadOnlyDictionary<string, string> ExtraResources { get; set; } = new Dictionary<string, string>();

    /// <summary>Name of the Secret with <c>primaryKey</c> and <c>secondaryKey</c>, or with <c>keyHashes</c>; null: the operator
    /// makes <c>NAME-keys</c> with new keys.</summary>
    public string? KeysSecret { get; set; }

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
