using Fairlead.Contracts.Models;
using Fairlead.Scoring.Telemetry;

namespace Fairlead.Scoring.Hosting;

/// <summary>All that configures a scoring host, read once from environment and command line.</summary>
internal sealed record ScoringOptions
{
    public const int DefaultPort = 5001;
    public const int DefaultHealthPort = 5000;
    public const int DefaultScoringTimeoutMs = 3_600_000;

    /// <summary>Above this, the drain limit that is derived from the scoring timeout.</summary>
    public static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    public string AppRoot { get; init; } = "/var/azureml-app";

    /// <summary>Relative to <see cref="AppRoot"/>; null: module <c>main</c>, unless a framework is served with no code.</summary>
    public string? EntryScript { get; init; }

    public string ModelDirectory { get; init; } = "";

    /// <summary>A canonical name of <see cref="ModelFrameworks"/>; null: an entry script is run.</summary>
    public string? NoCodeFramework { get; init; }

    public string Python { get; init; } = "python3";

    public int WorkerCount { get; init; } = 1;

    public int MaxConcurrentRequests { get; init; } = int.MaxValue;

    /// <summary>1: no batching.</summary>
    public int MaxBatchSize { get; init; } = 1;

    /// <summary>How long the first request of a batch waits for others.</summary>
    public int MaxBatchDelayMs { get; init; } = 5;

    /// <summary>Names of execution providers, by preference; empty: whatever GPU there is, else the CPU.</summary>
    public IReadOnlyList<string> ExecutionProviders { get; init; } = [];

    public int ScoringTimeoutMs { get; init; } = DefaultScoringTimeoutMs;

    public TimeSpan Drain { get; init; } = TimeSpan.FromMilliseconds(DefaultScoringTimeoutMs) + DrainMargin;

    public int Port { get; init; } = DefaultPort;

    /// <summary>Null: any address.</summary>
    public System.Net.IPAddress? BindAddress { get; init; }

    public string? PortFile { get; init; }

    /// <summary>A second port, for <c>/</c> alone; null: none.</summary>
    public int? HealthPort { get; init; }

    /// <summary>Origins whose browsers may call; empty: none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The file that gave settings, for the log.</summary>
    public string? SettingsFile { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public bool EndWithParent { get; init; }

    public bool ShowServerVersion { get; init; } = true;

    /// <summary>Null: none is sent.</summary>
    public TelemetryOptions? Telemetry { get; init; }

    /// <summary>Lines for the log about settings that have no effect as they are given.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public string WorkspaceName { get; init; } = "";

    public string ServiceName { get; init; } = "ML service";

    public string ServiceVersion { get; init; } = "1.0";

    public string ServicePathPrefix { get; init; } = "";
}
