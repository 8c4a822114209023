using System.Collections.Frozen;
using Fairlead.Contracts;

namespace Fairlead.Scoring.Hosting;

/// <summary>Every setting by the name of its variable, and the option of the command line that stands for it (§3.5).</summary>
internal static class Settings
{
    public const string HealthPort = "HEALTH_PORT";
    public const string SeparateHealth = "SEPERATE_HEALTH_ENDPOINT"; // Spelt as the documented server spells it.
    public const string CorsOrigins = "AML_CORS_ORIGINS";
    public const string ServerVersion = "SERVER_VERSION_LOG_RESPONSE_ENABLED";
    public const string EntryScriptAlias = "AML_ENTRY_SCRIPT";
    public const string TelemetryEnabled = ScoringHostVariables.AppInsightsEnabled;
    public const string TelemetryAnswers = "APP_INSIGHTS_LOG_RESPONSE_ENABLED";
    public const string CollectData = "AML_MODEL_DC_STORAGE_ENABLED";
    public const string CollectDataAlias = "AML_MDC_STORAGE_ENABLED"; // What v1's server really read (§3.5).
    public const string WorkerTimeout = "WORKER_TIMEOUT";
    public const string WorkerPreload = "WORKER_PRELOAD";

    /// <summary>Options with one value, in the order of the help.</summary>
    public static IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--entry-script"] = ScoringHostVariables.EntryScript,
        ["--app-root"] = ScoringHostVariables.AppRoot,
        ["--model-dir"] = ScoringHostVariables.ModelDirectory,
        ["--model-framework"] = ScoringHostVariables.ModelFramework,
        ["--port"] = ScoringHostVariables.ServerPort,
        ["--health-port"] = HealthPort,
        ["--bind"] = ScoringHostVariables.BindAddress,
        ["--worker-count"] = ScoringHostVariables.WorkerCount,
        ["--python"] = ScoringHostVariables.Python,
        ["--config-file"] = ConfigFile.Variable,
        ["--access-control-allow-origins"] = CorsOrigins,
        ["--appinsights-instrumentation-key"] = ScoringHostVariables.AppInsightsKey,
    };

    private static readonly FrozenSet<string> Variables = new[]
    {
        ScoringHostVariables.AppRoot, ScoringHostVariables.EntryScript, EntryScriptAlias, "AZUREML_SOURCE_DIRECTORY",
        ScoringHostVariables.ModelDirectory, ScoringHostVariables.ModelFramework, ScoringHostVariables.Python,
        ScoringHostVariables.WorkerCount, WorkerTimeout, WorkerPreload, ScoringHostVariables.MaxConcurrentRequests,
        ScoringHostVariables.MaxBatchSize, ScoringHostVariables.MaxBatchDelayMs, ScoringHostVariables.ExecutionProviders,
        ScoringHostVariables.ScoringTimeoutMs, ScoringHostVariables.DrainMs, ScoringHostVariables.ServerPort,
        ScoringHostVariables.BindAddress, ScoringHostVariables.PortFile, ScoringHostVariables.LogLevel, HealthPort,
        SeparateHealth, CorsOrigins, ServerVersion, ScoringHostVariables.ServiceName, ScoringHostVariables.ServiceVersion,
        ScoringHostVariables.ServicePathPrefix, ScoringHostVariables.WorkspaceName, TelemetryEnabled,
        ScoringHostVariables.AppInsightsKey, ScoringHostVariables.AppInsightsEndpoint, TelemetryAnswers, CollectData,
        CollectDataAlias, "AZUREML_DEBUG_PORT", "AZUREML_EXTRA_REQUIREMENTS_TXT", "AZUREML_EXTRA_CONDA_YAML",
        "AZUREML_EXTRA_PYTHON_LIB_PATH",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The variable that a name stands for: its own, in any case, or an option's, with dashes or underscores.</summary>
    public static string? VariableOf(string name) =>
        Variables.TryGetValue(name, out var variable) ? variable : Options.GetValueOrDefault(Option(name));

    /// <summary>The documented server spells its options with underscores.</summary>
    public static string Option(string name) => "--" + name.TrimStart('-').Replace('_', '-');
}
