using Microsoft.Extensions.Options;

namespace Fairlead.LocalCompute;

/// <summary>Stops a server whose options cannot work, naming each key, its value and what is allowed.</summary>
internal sealed class LocalComputeOptionsValidator : IValidateOptions<LocalComputeOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, LocalComputeOptions options)
    {
        var failures = new List<string>();

        void Check(bool valid, string key, object? value, string allowed)
        {
            if (!valid)
            {
                failures.Add(FormattableString.Invariant(
                    $"{LocalComputeOptions.SectionName}:{key} is '{value}', but must be {allowed}."));
            }
        }

        Check(options.Name.Length > 0, nameof(options.Name), options.Name, "a name");
        Check(options.DataDirectory.Length > 0, nameof(options.DataDirectory), options.DataDirectory, "a folder");
        Check(options.ScoringHostPath.Length > 0, nameof(options.ScoringHostPath), options.ScoringHostPath,
            "the path of the fairlead-scoring binary");
        Check(IsGatewayUrl(options.GatewayUrl), nameof(options.GatewayUrl), options.GatewayUrl,
            "an http or https URL without a slash at the end");
        Check(options.DefaultPython.Length > 0, nameof(options.DefaultPython), options.DefaultPython,
            "a Python interpreter, by path or by name");
        Check(options.CpuCores is null or > 0, nameof(options.CpuCores), options.CpuCores, "more than 0, or left out");
        Check(options.MemoryInGB is null or > 0, nameof(options.MemoryInGB), options.MemoryInGB,
            "more than 0, or left out");
        Check(options.AppInsightsKey is null || Guid.TryParseExact(options.AppInsightsKey, "D", out _),
            nameof(options.AppInsightsKey), options.AppInsightsKey,
            "a GUID such as 00000000-0000-0000-0000-000000000000, or left out");
        Check(options.AppInsightsEndpoint is null || IsHttp(options.AppInsightsEndpoint),
            nameof(options.AppInsightsEndpoint), options.AppInsightsEndpoint, "an http or https URL, or left out");
        Check(options.StartAttempts is >= 1 and <= 100, nameof(options.StartAttempts), options.StartAttempts, "1 to 100");
        Check(options.LogFileBytes >= 1024, nameof(options.LogFileBytes), options.LogFileBytes, "at least 1024");
        Check(options.LogFiles is >= 1 and <= 100, nameof(options.LogFiles), options.LogFiles, "1 to 100");
        Check(options.LogBytesPerService >= options.LogFileBytes, nameof(options.LogBytesPerService),
            options.LogBytesPerService, "at least LogFileBytes");
        CheckTime(options.EnvironmentBuildTimeout, nameof(options.EnvironmentBuildTimeout), Day);
        CheckTime(options.ReplicaStartTimeout, nameof(options.ReplicaStartTimeout), Day);
        CheckTime(options.ReadinessPeriod, nameof(options.ReadinessPeriod), TimeSpan.FromSeconds(10));
        CheckTime(options.RestartDelay, nameof(options.RestartDelay), options.MaxRestartDelay);
        CheckTime(options.MaxRestartDelay, nameof(options.MaxRestartDelay), Day);
        CheckTime(options.StableAfter, nameof(options.StableAfter), Day);
        CheckTime(options.DrainMargin, nameof(options.DrainMargin), Day);
        CheckTime(options.LogRetention, nameof(options.LogRetention), TimeSpan.FromDays(3650));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void CheckTime(TimeSpan value, string key, TimeSpan most) =>
            Check(value > TimeSpan.Zero && value <= most, key, value, FormattableString.Invariant($"over 0 and at most {most}"));
    }

    private static bool IsGatewayUrl(string text) => IsHttp(text) && !text.EndsWith('/');

    private static bool IsHttp(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
}
