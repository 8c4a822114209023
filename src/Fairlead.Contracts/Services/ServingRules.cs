using System.Buffers;
using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Services;

/// <summary>What <see cref="ServingSettings"/> may hold, wherever they come from.</summary>
public static class ServingRules
{
    public const int MostReplicas = 1000;

    /// <summary>A day. v1 stopped at 300000 (§1.5); longer ones were asked for (§8).</summary>
    public const int LongestScoringMs = 86_400_000;

    public const int MostConcurrentRequests = 10_000;
    public const int LongestQueueWaitMs = 3_600_000;
    public const int LongestQueue = 1_000_000;
    public const int MostWorkers = 256;
    public const int MostGpus = 64;
    public const int LongestRefreshSeconds = 3600;
    public const int LongestProbeSeconds = 86_400;
    public const int MostProbes = 1000;

    // RFC 9110 §5.6.2: a token.
    private static readonly SearchValues<char> HeaderName = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Every setting that cannot work, with its value and what is allowed; empty when all can.</summary>
    /// <param name="settings">Settings with defaults filled in.</param>
    /// <param name="names">How the writer of the settings knows them.</param>
    public static ProblemList Check(ServingSettings settings, ServingNames names)
    {
        var problems = new ProblemList(names.Prefix);
        if (settings.AuthEnabled && settings.TokenAuthEnabled)
        {
            problems.Add(names.TokenAuth, $"'{names.Prefix}authEnabled' and '{names.Prefix}{names.TokenAuth}' (token auth) cannot both be true; choose keys or tokens");
        }

        if (settings.TokenIssuers.Count > 0 && !settings.TokenAuthEnabled)
        {
            problems.Add("tokenIssuers", $"'{names.Prefix}tokenIssuers' are given while '{names.Prefix}{names.TokenAuth}' (token auth) is false; set it to true or leave them out");
        }

        problems.AddRange(TokenIssuer.Problems(settings.TokenIssuers, names.Prefix + "tokenIssuers"));
        problems.Range("scoringTimeoutMs", settings.ScoringTimeoutMs, 1, LongestScoringMs);
        problems.Range("maxConcurrentRequestsPerContainer", settings.MaxConcurrentRequestsPerContainer, 1, MostConcurrentRequests);
        problems.Range("maxQueueWaitMs", settings.MaxQueueWaitMs, 0, LongestQueueWaitMs);
        problems.Range("maxQueueLength", settings.MaxQueueLength, 0, LongestQueue);
        problems.Range("hedgeAfterMs", settings.HedgeAfterMs, 0, LongestScoringMs);
        if (settings.PriorityHeader is { } header && (header.Length == 0 || header.AsSpan().ContainsAnyExcept(HeaderName)))
        {
            problems.Add("priorityHeader", $"'{names.Prefix}priorityHeader' has '{header}'; allowed: the name of a header, for example Priority, or nothing");
        }

        problems.Range("workerCount", settings.WorkerCount, 1, MostWorkers);
        CheckScaler(problems, settings.AutoScaler);
        CheckRollout(problems, settings.Rollout);
        CheckProbe(problems, names.Probe, settings.LivenessProbe);
        CheckResources(problems, names.Resources, settings.Resources);
        return problems;
    }

    private static void CheckScaler(ProblemList problems, AutoScaler scaler)
    {
        problems.Range("autoScaler.minReplicas", scaler.MinReplicas, 0, MostReplicas);
        problems.Range("autoScaler.maxReplicas", scaler.MaxReplicas, 1, MostReplicas);
        problems.Range("autoScaler.refreshPeriodInSeconds", scaler.RefreshPeriodInSeconds, 1, LongestRefreshSeconds);
        problems.Range("autoScaler.targetUtilization", scaler.TargetUtilization, 1, 100);
        problems.NotAbove("autoScaler.minReplicas", scaler.MinReplicas, "autoScaler.maxReplicas", scaler.MaxReplicas);
    }

    private static void CheckRollout(ProblemList problems, RolloutStrategy rollout)
    {
        problems.Range("rollout.maxSurge", rollout.MaxSurge, 0, MostReplicas);
        problems.Range("rollout.maxUnavailable", rollout.MaxUnavailable, 0, MostReplicas);
        if (rollout is { MaxSurge: 0, MaxUnavailable: 0 })
        {
            problems.Add("rollout", $"'{problems.Prefix}rollout.maxSurge' and '{problems.Prefix}rollout.maxUnavailable' are both 0, so nothing could be replaced; raise one");
        }
    }

    private static void CheckProbe(ProblemList problems, string name, LivenessProbeRequirements probe)
    {
        problems.Range(name + ".periodSeconds", probe.PeriodSeconds, 1, LongestProbeSeconds);
        problems.Range(name + ".initialDelaySeconds", probe.InitialDelaySeconds, 0, LongestProbeSeconds);
        problems.Range(name + ".timeoutSeconds", probe.TimeoutSeconds, 1, LongestProbeSeconds);
        problems.Range(name + ".successThreshold", probe.SuccessThreshold, 1, MostProbes);
        problems.Range(name + ".failureThreshold", probe.FailureThreshold, 1, MostProbes);
    }

    private static void CheckResources(ProblemList problems, string name, ContainerResourceRequirements resources)
    {
        problems.AboveZero(name + ".cpu", resources.Cpu);
        problems.AboveZero(name + ".memoryInGB", resources.MemoryInGB);
        problems.Range(name + ".gpu", resources.Gpu ?? 0, 0, MostGpus);
        problems.NotBelow(name + ".cpuLimit", resources.CpuLimit, name + ".cpu", resources.Cpu);
        problems.NotBelow(name + ".memoryInGBLimit", resources.MemoryInGBLimit, name + ".memoryInGB", resources.MemoryInGB);
    }
}

/// <summary>The names of settings where they are written.</summary>
/// <param name="Prefix">What stands before every name: <c>spec.</c> or nothing.</param>
/// <param name="TokenAuth">Of <see cref="ServingSettings.TokenAuthEnabled"/>.</param>
/// <param name="Probe">Of <see cref="ServingSettings.LivenessProbe"/>.</param>
/// <param name="Resources">Of <see cref="ServingSettings.Resources"/>.</param>
public sealed record ServingNames(string Prefix, string TokenAuth, string Probe, string Resources)
{
    /// <summary>Of the workspace's API (§1.6).</summary>
    public static ServingNames Api { get; } = new("", "aadAuthEnabled", "livenessProbeRequirements", "containerResourceRequirements");

    /// <summary>Of a <c>ScoringService</c>.</summary>
    public static ServingNames Resource { get; } = new("spec.", "tokenAuthEnabled", "livenessProbe", "resources");

    /// <summary>Of a gateway's routes file.</summary>
    public static ServingNames RoutesFile { get; } = Resource with { Prefix = "" };
}
