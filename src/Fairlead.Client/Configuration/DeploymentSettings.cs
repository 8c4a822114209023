using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Configuration;

/// <summary>
/// The settings of a deployment under their v1 names (§1.5). Null is "not said": the default on a new service,
/// unchanged on an update.
/// </summary>
public sealed record DeploymentSettings
{
    public bool? AutoscaleEnabled { get; init; }

    public int? AutoscaleMinReplicas { get; init; }

    public int? AutoscaleMaxReplicas { get; init; }

    public int? AutoscaleRefreshSeconds { get; init; }

    public int? AutoscaleTargetUtilization { get; init; }

    public bool? CollectModelData { get; init; }

    public bool? AuthEnabled { get; init; }

    public bool? TokenAuthEnabled { get; init; }

    public IReadOnlyList<TokenIssuer>? TokenIssuers { get; init; }

    public double? CpuCores { get; init; }

    public double? CpuCoresLimit { get; init; }

    public double? MemoryGb { get; init; }

    public double? MemoryGbLimit { get; init; }

    public int? GpuCores { get; init; }

    public bool? EnableAppInsights { get; init; }

    public int? ScoringTimeoutMs { get; init; }

    public int? ReplicaMaxConcurrentRequests { get; init; }

    public int? MaxRequestWaitTimeMs { get; init; }

    public int? MaxQueueLength { get; init; }

    /// <summary>Empty for none.</summary>
    public string? PriorityHeader { get; init; }

    public int? HedgeAfterMs { get; init; }

    public int? NumReplicas { get; init; }

    public int? PeriodSeconds { get; init; }

    public int? InitialDelaySeconds { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? SuccessThreshold { get; init; }

    public int? FailureThreshold { get; init; }

    public int? MaxSurge { get; init; }

    public int? MaxUnavailable { get; init; }

    public string? Namespace { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>These settings, with those of <paramref name="flags"/> in their place where they are said.</summary>
    public DeploymentSettings OverriddenBy(DeploymentSettings flags) => new()
    {
        AutoscaleEnabled = flags.AutoscaleEnabled ?? AutoscaleEnabled,
        AutoscaleMinReplicas = flags.AutoscaleMinReplicas ?? AutoscaleMinReplicas,
        AutoscaleMaxReplicas = flags.AutoscaleMaxReplicas ?? AutoscaleMaxReplicas,
        AutoscaleRefreshSeconds = flags.AutoscaleRefreshSeconds ?? AutoscaleRefreshSeconds,
        AutoscaleTargetUtilization = flags.AutoscaleTargetUtilization ?? AutoscaleTargetUtilization,
        CollectModelData = flags.CollectModelData ?? CollectModelData,

        // They exclude each other: the one that a flag asks for ends the other of the file.
        AuthEnabled = flags.AuthEnabled ?? (flags.TokenAuthEnabled == true ? null : AuthEnabled),
        TokenAuthEnabled = flags.TokenAuthEnabled ?? (flags.AuthEnabled == true ? null : TokenAuthEnabled),
        TokenIssuers = flags.TokenIssuers ?? TokenIssuers,
        CpuCores = flags.CpuCores ?? CpuCores,
        CpuCoresLimit = flags.CpuCoresLimit ?? CpuCoresLimit,
        MemoryGb = flags.MemoryGb ?? MemoryGb,
        MemoryGbLimit = flags.MemoryGbLimit ?? MemoryGbLimit,
        GpuCores = flags.GpuCores ?? GpuCores,
        EnableAppInsights = flags.EnableAppInsights ?? EnableAppInsights,
        ScoringTimeoutMs = flags.ScoringTimeoutMs ?? ScoringTimeoutMs,
        ReplicaMaxConcurrentRequests = flags.ReplicaMaxConcurrentRequests ?? ReplicaMaxConcurrentRequests,
        MaxRequestWaitTimeMs = flags.MaxRequestWaitTimeMs ?? MaxRequestWaitTimeMs,
        MaxQueueLength = flags.MaxQueueLength ?? MaxQueueLength,
        PriorityHeader = flags.PriorityHeader ?? PriorityHeader,
        HedgeAfterMs = flags.HedgeAfterMs ?? HedgeAfterMs,
        NumReplicas = flags.NumReplicas ?? NumReplicas,
        PeriodSeconds = flags.PeriodSeconds ?? PeriodSeconds,
        InitialDelaySeconds = flags.InitialDelaySeconds ?? InitialDelaySeconds,
        TimeoutSeconds = flags.TimeoutSeconds ?? TimeoutSeconds,
        SuccessThreshold = flags.SuccessThreshold ?? SuccessThreshold,
        FailureThreshold = flags.FailureThreshold ?? FailureThreshold,
        MaxSurge = flags.MaxSurge ?? MaxSurge,
        MaxUnavailable = flags.MaxUnavailable ?? MaxUnavailable,
        Namespace = flags.Namespace ?? Namespace,
        Description = flags.Description ?? Description,
        Tags = flags.Tags ?? Tags,
        Properties = flags.Properties ?? Properties,
    };

    internal AutoScalerDto? AutoScaler(AutoScaler? current) =>
        AutoscaleEnabled is null && AutoscaleMinReplicas is null && AutoscaleMaxReplicas is null
        && AutoscaleRefreshSeconds is null && AutoscaleTargetUtilization is null
            ? null
            : new AutoScalerDto
            {
                AutoscaleEnabled = AutoscaleEnabled ?? current?.AutoscaleEnabled,
                MinReplicas = AutoscaleMinReplicas ?? current?.MinReplicas,
                MaxReplicas = AutoscaleMaxReplicas ?? current?.MaxReplicas,
                RefreshPeriodInSeconds = AutoscaleRefreshSeconds ?? current?.RefreshPeriodInSeconds,
                TargetUtilization = AutoscaleTargetUtilization ?? current?.TargetUtilization,
            };

    internal ContainerResourceRequirements? Resources(ContainerResourceRequirements? current)
    {
        if (CpuCores is null && CpuCoresLimit is null && MemoryGb is null && MemoryGbLimit is null && GpuCores is null)
        {
            return null;
        }

        var basis = current ?? new ContainerResourceRequirements();
        return new ContainerResourceRequirements
        {
            Cpu = CpuCores ?? basis.Cpu,
            CpuLimit = CpuCoresLimit ?? basis.CpuLimit,
            MemoryInGB = MemoryGb ?? basis.MemoryInGB,
            MemoryInGBLimit = MemoryGbLimit ?? basis.MemoryInGBLimit,
            Gpu = GpuCores ?? basis.Gpu,
        };
    }

    internal LivenessProbeRequirements? Probe(LivenessProbeRequirements? current)
    {
        if (PeriodSeconds is null && InitialDelaySeconds is null && TimeoutSeconds is null
            && SuccessThreshold is null && FailureThreshold is null)
        {
            return null;
        }

        var basis = current ?? new LivenessProbeRequirements();
        return new LivenessProbeRequirements
        {
            PeriodSeconds = PeriodSeconds ?? basis.PeriodSeconds,
            InitialDelaySeconds = InitialDelaySeconds ?? basis.InitialDelaySeconds,
            TimeoutSeconds = TimeoutSeconds ?? basis.TimeoutSeconds,
            SuccessThreshold = SuccessThreshold ?? basis.SuccessThreshold,
            FailureThreshold = FailureThreshold ?? basis.FailureThreshold,
        };
    }

    internal RolloutStrategy? Rollout(RolloutStrategy? current)
    {
        var basis = current ?? new RolloutStrategy();
        return MaxSurge is null && MaxUnavailable is null
            ? null
            : new RolloutStrategy
            {
                MaxSurge = MaxSurge ?? basis.MaxSurge,
                MaxUnavailable = MaxUnavailable ?? basis.MaxUnavailable,
            };
    }
}
