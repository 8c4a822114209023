using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Services;

/// <summary>Replica autoscaling (§1.5, §4.3); JSON names of §1.6.</summary>
public sealed record AutoScaler
{
    /// <summary>Default true.</summary>
    public bool AutoscaleEnabled { get; set; } = true;

    /// <summary>Default 1; 0 lets an idle service stop (beyond v1).</summary>
    public int MinReplicas { get; set; } = 1;

    /// <summary>Default 10.</summary>
    public int MaxReplicas { get; set; } = 10;

    /// <summary>Seconds between decisions. Default 1.</summary>
    public int RefreshPeriodInSeconds { get; set; } = 1;

    /// <summary>Wanted busy share in percent, 1 to 100. Default 70.</summary>
    public int TargetUtilization { get; set; } = 70;
}

/// <summary>What one replica asks for and may use (§1.5).</summary>
public sealed record ContainerResourceRequirements
{
    /// <summary>Cores requested. Default 0.1.</summary>
    public double Cpu { get; set; } = 0.1;

    /// <summary>Memory requested, in GB. Default 0.5.</summary>
    [JsonPropertyName("memoryInGB")]
    public double MemoryInGB { get; set; } = 0.5;

    /// <summary>GPUs per replica; null or 0 for none (§9).</summary>
    public int? Gpu { get; init; }

    /// <summary>Most cores; null for no limit.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>Most memory, in GB; null for no limit.</summary>
    [JsonPropertyName("memoryInGBLimit")]
    public double? MemoryInGBLimit { get; init; }
}

/// <summary>When a replica that no longer answers is replaced (§1.5).</summary>
public sealed record LivenessProbeRequirements
{
    /// <summary>Default 10, at least 1.</summary>
    public int PeriodSeconds { get; set; } = 10;

    /// <summary>Default 310. Probing begins earlier when the replica becomes ready earlier.</summary>
    public int InitialDelaySeconds { get; set; } = 310;

    /// <summary>Default 2, at least 1.</summary>
    public int TimeoutSeconds { get; set; } = 2;

    /// <summary>Default 1, at least 1.</summary>
    public int SuccessThreshold { get; set; } = 1;

    /// <summary>Default 3, at least 1.</summary>
    public int FailureThreshold { get; set; } = 3;
}

/// <summary>Model data collection switches.</summary>
public sealed record DataCollection
{
    public bool EventHubEnabled { get; init; }

    public bool StorageEnabled { get; init; }
}
