using System.Globalization;
using System.Net;
using Fairlead.Contracts;
using Fairlead.Contracts.Models;
using Fairlead.Scoring.Telemetry;

namespace Fairlead.Scoring.Hosting;

/// <summary>Reads <see cref="ScoringOptions"/> from variables; a bad value stops the start with its name, the value and
/// what is allowed.</summary>
internal sealed class ScoringOptionsReader(Func<string, string?> variable)
{
    private static readonly string[] NoCode = [ModelFrameworks.Onnx, ModelFrameworks.ScikitLearn];

    private static readonly string[] ExecutionProviderNames = ["cuda", "tensorrt", "rocm", "migraphx", "cpu"];

    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DEBUG"] = LogLevel.Debug,
        ["INFO"] = LogLevel.Information,
        ["WARN"] = LogLevel.Warning,
        ["WARNING"] = LogLevel.Warning,
        ["ERROR"] = LogLevel.Error,
        ["CRITICAL"] = LogLevel.Critical,
    };

    public ScoringOptions Read()
    {
        var defaults = new ScoringOptions();
        var timeoutMs = Number(ScoringHostVariables.ScoringTimeoutMs, 1, int.MaxValue, defaults.ScoringTimeoutMs);
        var script = Text(ScoringHostVariables.EntryScript) ?? Text(Settings.EntryScriptAlias);
        return defaults with
        {
            AppRoot = Path.GetFullPath(Text(ScoringHostVariables.AppRoot) ?? defaults.AppRoot),
            EntryScript = script,
            ModelDirectory = Text(ScoringHostVariables.ModelDirectory) ?? "",
            NoCodeFramework = script is null ? Framework() : null,
            Python = Text(ScoringHostVariables.Python) ?? defaults.Python,
            WorkerCount = Number(ScoringHostVariables.WorkerCount, 1, 1024, defaults.WorkerCount),
            MaxConcurrentRequests = Number(
                ScoringHostVariables.MaxConcurrentRequests, 1, int.MaxValue, defaults.MaxConcurrentRequests),
            MaxBatchSize = Number(ScoringHostVariables.MaxBatchSize, 1, 65536, defaults.MaxBatchSize),
            MaxBatchDelayMs = Number(ScoringHostVariables.MaxBatchDelayMs, 0, 60_000, defaults.MaxBatchDelayMs),
            ExecutionProviders = Providers(),
            ScoringTimeoutMs = timeoutMs,
            Drain = TimeSpan.FromMilliseconds(Number(
                ScoringHostVariables.DrainMs, 0, int.MaxValue,
                (int)Math.Min(int.MaxValue, timeoutMs + ScoringOptions.DrainMargin.TotalMilliseconds))),
            Port = Number(ScoringHostVariables.ServerPort, 0, 65535, defaults.Port),
            BindAddress = Address(),
            PortFile = Text(ScoringHostVariables.PortFile),
            LogLevel = Level(),
            EndWithParent = Text(ScoringHostVariables.EndWithParent) == "1",
            ShowServerVersion = Text(Settings.ServerVersion) is null || IsTrue(Settings.ServerVersion),
            HealthPort = IsTrue(Settings.SeparateHealth)
                ? Number(Settings.HealthPort, 1, 65535, ScoringOptions.DefaultHealthPort) : null,
            CorsOrigins = (Text(Settings.CorsOrigins) ?? "").Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Telemetry = Telemetry(),
            Remarks = [.. Remarks()],
            WorkspaceName = Text(ScoringHostVariables.WorkspaceName) ?? "",
            ServiceName = Text(ScoringHostVariables.ServiceName) ?? defaults.ServiceName,
            ServiceVersion = Text(ScoringHostVariables.ServiceVersion) ?? defaults.ServiceVersion,
            ServicePathPrefix = Text(ScoringHostVariables.ServicePathPrefix)?.TrimEnd('/') ?? "",
        };
    }

    private TelemetryOptions? Telemetry()
    {
        var key = Text(ScoringHostVariables.AppInsightsKey);
        if (key is not null && !Guid.TryParseExact(key, "D", out _))
        {
            throw Bad(ScoringHostVariables.AppInsightsKey, key,
                "an instrumentation key, a GUID such as 00000000-0000-0000-0000-000000000000");
        }

        var endpoint = Text(ScoringHostVariables.AppInsightsEndpoint) ?? TelemetryOptions.DefaultEndpoint;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw Bad(ScoringHostVariables.AppInsightsEndpoint, endpoint, "an http or https URL");
        }

        return IsTrue(Settings.TelemetryEnabled) && key is not null
            ? new TelemetryOptions(
                Guid.Parse(key), TelemetryOptions.TrackAddress(address),
                Text(Settings.TelemetryAnswers) is null || IsTrue(Settings.TelemetryAnswers),
                IsTrue(Settings.CollectData) || IsTrue(Settings.CollectDataAlias))
            : null;
    }

    private IEnumerable<string> Remarks()
    {
        if (IsTrue(Settings.TelemetryEnabled) && Text(ScoringHostVariables.AppInsightsKey) is null)
        {
            yield return $"{Settings.TelemetryEnabled} is true, but {ScoringHostVariables.AppInsightsKey} is not set: no telemetry is sent.";
        }

        if (Text(Settings.WorkerTimeout) is { } timeout)
        {
            yield return $"{Settings.WorkerTimeout} is '{timeout}', which has no effect here: a worker that takes longer than "
                + $"{ScoringHostVariables.ScoringTimeoutMs} for a request is replaced, and init() may take as long as it needs.";
        }

        if (IsTrue(Settings.WorkerPreload))
        {
            yield return $"{Settings.WorkerPreload} has no effect here: every worker imports the script and calls init() itself.";
        }
    }

    private bool IsTrue(string name) => "true".Equals(Text(name), StringComparison.OrdinalIgnoreCase);

    private string? Text(string name) => variable(name) is { Length: > 0 } value ? value : null;

    private int Number(string name, int least, int most, int whenUnset)
    {
        if (Text(name) is not { } text)
        {
            return whenUnset;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value
            : throw Bad(name, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
    }

    private string? Framework()
    {
        if (Text(ScoringHostVariables.ModelFramework) is not { } text)
        {
            return null;
        }

        return NoCode.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw Bad(ScoringHostVariables.ModelFramework, text,
                $"one of {string.Join(", ", NoCode)}; a model of another framework needs an entry script");
    }

    private List<string> Providers()
    {
        var text = Text(ScoringHostVariables.ExecutionProviders) ?? "auto";
        var names = text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
        return names is ["auto"] ? []
            : names.All(ExecutionProviderNames.Contains) ? [.. names]
            : throw Bad(ScoringHostVariables.ExecutionProviders, text,
                $"auto, or a comma-separated list of {string.Join(", ", ExecutionProviderNames)}");
    }

    private IPAddress? Address()
    {
        if (Text(ScoringHostVariables.BindAddress) is not { } text)
        {
            return null;
        }

        return IPAddress.TryParse(text, out var address)
            ? address
            : throw Bad(ScoringHostVariables.BindAddress, text, "an IP address such as 127.0.0.1");
    }

    private LogLevel Level()
    {
        if (Text(ScoringHostVariables.LogLevel) is not { } text)
        {
            return LogLevel.Information;
        }

        return Levels.TryGetValue(text, out var level)
            ? level
            : throw Bad(ScoringHostVariables.LogLevel, text, $"one of {string.Join(", ", Levels.Keys)}");
    }

    private static StartException Bad(string name, string value, string allowed) =>
        new($"{name} is '{value}'; allowed is {allowed}.");
}
