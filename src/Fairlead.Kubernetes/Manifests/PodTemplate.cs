using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Preparation;
using Fairlead.Kubernetes.Resources;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>The pods of a service: an init container that puts the scoring host, models and source in place, and the
/// environment's image running that scoring host. Within the <c>restricted</c> level of Pod Security.</summary>
internal static class PodTemplate
{
    /// <summary>The user of every container: no root, and no user that an image would have to know.</summary>
    private const long UserId = 10001;

    /// <summary>Seconds between the removal of a pod and its SIGTERM: gateways have seen the removal by then.</summary>
    private const int PreStopSeconds = 1;

    /// <summary>Seconds beyond the longest scoring until a pod that ends is killed.</summary>
    private const int EndMarginSeconds = 10;

    private const int RevisionDigits = 10;
    private const string HostVolume = "fairlead";
    private const string AppVolume = "app";
    private const string TmpVolume = "tmp";
    private const string SourceVolume = "source";

    public static V1PodTemplateSpec Build(ScoringServiceResource service, ManifestOptions options)
    {
        var template = new V1PodTemplateSpec
        {
            Metadata = new V1ObjectMeta { Labels = ServiceLabels.All(service) },
            Spec = Pod(service, options),
        };
        var revision = RevisionOf(template);
        template.Metadata.Labels[Names.RevisionLabel] = revision;
        template.Spec.Containers[0].Env.Add(ReplicaEnvironment.Variable(ScoringHostVariables.ServiceVersion, revision));
        return template;
    }

    /// <summary>Short hash of everything in a template; equal templates have equal revisions.</summary>
    private static string RevisionOf(V1PodTemplateSpec template)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(template)));
        return Convert.ToHexStringLower(hash)[..RevisionDigits];
    }

    private static V1PodSpec Pod(ScoringServiceResource service, ManifestOptions options)
    {
        var spec = service.Spec;
        var pullSecrets = spec.ImagePullSecrets.Concat(options.ImagePullSecrets).Distinct(StringComparer.Ordinal).ToList();
        return new V1PodSpec
        {
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            ServiceAccountName = spec.ServiceAccountName,
            PriorityClassName = spec.PriorityClassName,
            RuntimeClassName = spec.RuntimeClassName,
            NodeSelector = spec.NodeSelector.Count > 0 ? new Dictionary<string, string>(spec.NodeSelector) : null,
            Tolerations = spec.Tolerations.Count > 0 ? [.. spec.Tolerations] : null,
            Affinity = spec.Affinity,
            ImagePullSecrets = pullSecrets.Count > 0 ? [.. pullSecrets.Select(name => new V1LocalObjectReference { Name = name })] : null,
            TerminationGracePeriodSeconds = ((spec.ScoringTimeoutMs + 999) / 1000) + PreStopSeconds + EndMarginSeconds,
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = UserId,
                RunAsGroup = UserId,
                FsGroup = UserId,
                FsGroupChangePolicy = "OnRootMismatch",
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            InitContainers = [Prepare(service, options)],
            Containers = [Scoring(service, options)],
            Volumes = Volumes(spec),
        };
    }

    private static V1Container Prepare(ScoringServiceResource service, ManifestOptions options)
    {
        var plan = JsonSerializer.Serialize(PreparationPlans.Build(service), ContractsJson.Default.PreparationPlan);
        return new V1Container
        {
            Name = Names.PrepareContainer,
            Image = options.Image,
            Command = [Names.ImageScoringHost, "prepare"],
            Env = FileSecrets.Variables(service.Spec, ReplicaEnvironment.Variable(PreparationPlan.Variable, plan)),

            // The larger of init container and container counts: the same again adds nothing.
            Resources = Resources(service.Spec, devices: false),
            SecurityContext = Restricted(),
            TerminationMessagePolicy = "FallbackToLogsOnError",
            VolumeMounts =
            [
                Mount(HostVolume, Names.HostFolder),
                Mount(AppVolume, Names.AppFolder),
                Mount(TmpVolume, "/tmp"),
                .. service.Spec.Source?.PersistentVolumeClaim is { } claim
                    ? [ReadOnly(SourceVolume, PreparationPlans.SourceVolumeFolder, claim.Path)]
                    : Array.Empty<V1VolumeMount>(),
            ],
        };
    }

    private static V1Container Scoring(ScoringServiceResource service, ManifestOptions options)
    {
        var spec = service.Spec;
        var probe = spec.LivenessProbe;
        return new V1Container
        {
            Name = Names.ScoringContainer,
            Image = spec.Image ?? options.Image,
            ImagePullPolicy = spec.Image is null ? null : spec.ImagePullPolicy,
            Command = [Names.HostFolder + "/fairlead-scoring"],
            WorkingDir = Names.AppFolder,
            Env = ReplicaEnvironment.Build(service),
            EnvFrom = spec.EnvFrom.Count > 0 ? [.. spec.EnvFrom] : null,
            Ports = [new V1ContainerPort { Name = Names.ScoringPortName, ContainerPort = Names.ScoringPort, Protocol = "TCP" }],
            Resources = Resources(spec, devices: true),

            // Each second from the start on, so that a replica is used as soon as it can be; the time to start is v1's
            // initial delay, and then as many periods as a replica that runs has.
            StartupProbe = Probe(1, probe.TimeoutSeconds, Math.Max(1, probe.InitialDelaySeconds + (probe.PeriodSeconds * probe.FailureThreshold))),
            ReadinessProbe = Probe(1, probe.TimeoutSeconds, 3),
            LivenessProbe = Probe(probe.PeriodSeconds, probe.TimeoutSeconds, probe.FailureThreshold),
            Lifecycle = new V1Lifecycle
            {
                PreStop = new V1LifecycleHandler
                {
                    Exec = new V1ExecAction
                    {
                        Command = [Names.HostFolder + "/fairlead-scoring", "wait", PreStopSeconds.ToString(CultureInfo.InvariantCulture)],
                    },
                },
            },
            SecurityContext = Restricted(),
            TerminationMessagePolicy = "FallbackToLogsOnError",
            VolumeMounts =
            [
                ReadOnly(HostVolume, Names.HostFolder, null),
                Mount(AppVolume, Names.AppFolder),
                Mount(TmpVolume, "/tmp"),
                .. spec.Models.Where(model => model.PersistentVolumeClaim is not null).Select(model => ReadOnly(
                    ClaimVolume(spec, model.PersistentVolumeClaim!),
                    Names.AppFolder + "/" + PreparationPlans.RelativeFolder(model),
                    model.PersistentVolumeClaim!.Path)),
            ],
        };
    }

    private static List<V1Volume> Volumes(ScoringServiceResourceSpec spec) =>
    [
        new() { Name = HostVolume, EmptyDir = new V1EmptyDirVolumeSource() },
        new() { Name = AppVolume, EmptyDir = new V1EmptyDirVolumeSource() },
        new() { Name = TmpVolume, EmptyDir = new V1EmptyDirVolumeSource() },
        .. spec.Source?.PersistentVolumeClaim is { } claim ? [Claim(SourceVolume, claim.ClaimName)] : Array.Empty<V1Volume>(),
        .. ModelClaims(spec).Select((name, i) => Claim(ClaimVolume(i), name)),
    ];

    private static List<string> ModelClaims(ScoringServiceResourceSpec spec) =>
        [.. spec.Models.Select(model => model.PersistentVolumeClaim?.ClaimName).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string ClaimVolume(ScoringServiceResourceSpec spec, VolumeSource source) =>
        ClaimVolume(ModelClaims(spec).IndexOf(source.ClaimName));

    private static string ClaimVolume(int index) => string.Create(CultureInfo.InvariantCulture, $"models-{index}");

    private static V1Volume Claim(string name, string claim) => new()
    {
        Name = name,
        PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = claim, ReadOnlyProperty = true },
    };

    private static V1ResourceRequirements Resources(ScoringServiceResourceSpec spec, bool devices)
    {
        var asked = spec.Resources;
        var requests = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new(Quantities.Cores(asked.Cpu)),
            ["memory"] = new(Quantities.Gigabytes(asked.MemoryInGB)),
        };
        var limits = new Dictionary<string, ResourceQuantity>();
        if (asked.CpuLimit is { } cores)
        {
            limits["cpu"] = new(Quantities.Cores(cores));
        }

        if (asked.MemoryInGBLimit is { } memory)
        {
            limits["memory"] = new(Quantities.Gigabytes(memory));
        }

        if (devices)
        {
            // Devices cannot be shared: request and limit have to be the same.
            foreach (var (name, quantity) in Devices(spec))
            {
                requests[name] = new(quantity);
                limits[name] = new(quantity);
            }
        }

        return new V1ResourceRequirements { Requests = requests, Limits = limits.Count > 0 ? limits : null };
    }

    private static IEnumerable<KeyValuePair<string, string>> Devices(ScoringServiceResourceSpec spec) =>
        (spec.Resources.Gpu is { } count and > 0
            ? new[] { KeyValuePair.Create(spec.GpuResource, count.ToString(CultureInfo.InvariantCulture)) }
            : []).Concat(spec.ExtraResources.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static V1Probe Probe(int period, int timeout, int failures) => new()
    {
        HttpGet = new V1HTTPGetAction { Path = "/", Port = Names.ScoringPortName, Scheme = "HTTP" },
        PeriodSeconds = period,
        TimeoutSeconds = timeout,
        FailureThreshold = failures,
        SuccessThreshold = 1,
    };

    private static V1SecurityContext Restricted() => new()
    {
        AllowPrivilegeEscalation = false,
        ReadOnlyRootFilesystem = true,
        Capabilities = new V1Capabilities { Drop = ["ALL"] },
    };

    private static V1VolumeMount Mount(string volume, string path) => new() { Name = volume, MountPath = path };

    private static V1VolumeMount ReadOnly(string volume, string path, string? subPath) =>
        new() { Name = volume, MountPath = path, ReadOnlyProperty = true, SubPath = subPath };
}
