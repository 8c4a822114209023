namespace Fairlead.LocalCompute;

/// <summary>How services run as processes of this machine. Bound from the section <see cref="SectionName"/>.</summary>
public sealed class LocalComputeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "LocalCompute";

    /// <summary>Name of the compute target in the workspace. Default <c>local</c>.</summary>
    public string Name { get; set; } = "local";

    /// <summary>The server's data folder; everything here is kept below <c>compute/local</c> in it. Required.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Path of the <c>fairlead-scoring</c> binary. Required.</summary>
    public string ScoringHostPath { get; set; } = "";

    /// <summary>Base of the URLs the gateway serves on, for example <c>http://127.0.0.1:8080</c>. Required.</summary>
    public string GatewayUrl { get; set; } = "";

    /// <summary>Interpreter of services that bring none, by path or by name on <c>PATH</c>. Default <c>python3</c>.</summary>
    public string DefaultPython { get; set; } = "python3";

    /// <summary>Whether virtual environments also see the packages of their interpreter. Default false.</summary>
    public bool SystemSitePackages { get; set; }

    /// <summary>Longest build of a virtual environment. Default 30 minutes.</summary>
    public TimeSpan EnvironmentBuildTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Cores that services may ask for; null for all of this machine.</summary>
    public double? CpuCores { get; set; }

    /// <summary>Memory in GB that services may ask for; null for all of this machine.</summary>
    public double? MemoryInGB { get; set; }

    /// <summary>Whether to hold replicas to their limits by cgroups, where that is allowed. Default true.</summary>
    public bool UseCgroups { get; set; } = true;

    /// <summary>Instrumentation key (a GUID) for services with <c>appInsightsEnabled</c> that bring none in their variables;
    /// null: they send no telemetry. Default null.</summary>
    public string? AppInsightsKey { get; set; }

    /// <summary>Base URL that takes Application Insights' documents; null for Azure's. Default null.</summary>
    public string? AppInsightsEndpoint { get; set; }

    /// <summary>Longest start of a replica, from process to ready. Default 20 minutes (§1.7).</summary>
    public TimeSpan ReplicaStartTimeout { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Failed starts in a row of one replica after which a rollout has failed; 1 to 100. Default 2.</summary>
    public int StartAttempts { get; set; } = 2;

    /// <summary>Time between questions whether a starting replica is ready. Default 20 ms.</summary>
    public TimeSpan ReadinessPeriod { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Wait before the first restart of a replica that ended; doubled with each further one. Default 100 ms.</summary>
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a restart. Default 30 s.</summary>
    public TimeSpan MaxRestartDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A replica that was ready for so long begins at <see cref="RestartDelay"/> again. Default 60 s.</summary>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Time beyond the scoring timeout that a draining replica gets before it is killed. Default 5 s.</summary>
    public TimeSpan DrainMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Size in bytes at which a log file is rotated; at least 1024. Default 10 MiB.</summary>
    public long LogFileBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Files kept per replica, the current one included; 1 to 100. Default 3.</summary>
    public int LogFiles { get; set; } = 3;

    /// <summary>How long logs of replicas that are gone are kept. Default 7 days.</summary>
    public TimeSpan LogRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes of logs per service; the oldest of replicas that are gone are removed first. Default 200 MiB.</summary>
    public long LogBytesPerService { get; set; } = 200 * 1024 * 1024;
}
