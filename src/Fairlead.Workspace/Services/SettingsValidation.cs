using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Services;

/// <summary>Finds every setting that cannot work (§1.5), before anything is changed.</summary>
internal static class SettingsValidation
{
    private const int LongestScoringMs = 300_000;
    private const int MostReplicas = 1000;

    /// <param name="settings">What the user gave, to tell a given value from a default.</param>
    /// <param name="spec">The same with defaults filled in.</param>
    public static void Check(ServiceSettingsDto settings, ScoringServiceSpec spec)
    {
        var problems = new List<ErrorDetail>();
        if (settings.AuthEnabled == true && settings.AadAuthEnabled == true)
        {
            Add("aadAuthEnabled", "'authEnabled' and 'aadAuthEnabled' (token auth) cannot both be true; choose keys or tokens");
        }

        if (spec.TokenIssuers.Count > 0 && !spec.TokenAuthEnabled)
        {
            Add("tokenIssuers", "'tokenIssuers' are given while 'aadAuthEnabled' (token auth) is false; set it to true or leave them out");
        }

        problems.AddRange(TokenIssuer.Problems(spec.TokenIssuers, "tokenIssuers"));
        var scaler = spec.AutoScaler;
        if (scaler.MinReplicas > scaler.MaxReplicas)
        {
            Add(
                "autoScaler.minReplicas",
                $"'autoScaler.minReplicas' is {scaler.MinReplicas}, above 'autoScaler.maxReplicas', which is {scaler.MaxReplicas}"
                + (settings.AutoScaler?.MaxReplicas is null ? " by default" : ""));
        }

        if (settings.NumReplicas > 0 && settings.AutoScaler?.AutoscaleEnabled == true)
        {
            Add("numReplicas", $"'numReplicas' is {settings.NumReplicas} while 'autoScaler.autoscaleEnabled' is true; give one of the two");
        }

        Range("autoScaler.minReplicas", scaler.MinReplicas, 0, MostReplicas);
        Range("autoScaler.maxReplicas", scaler.MaxReplicas, 1, MostReplicas);
        Range("autoScaler.refreshPeriodInSeconds", scaler.RefreshPeriodInSeconds, 1, 3600);
        Range("autoScaler.targetUtilization", scaler.TargetUtilization, 1, 100);
        Range("numReplicas", spec.NumReplicas ?? 0, 0, MostReplicas);
        Range("scoringTimeoutMs", spec.ScoringTimeoutMs, 1, LongestScoringMs);
        Range("maxConcurrentRequestsPerContainer", spec.MaxConcurrentRequestsPerContainer, 1, 10_000);
        Range("maxQueueWaitMs", spec.MaxQueueWaitMs, 0, 3_600_000);
        Range("maxQueueLength", spec.MaxQueueLength, 0, 1_000_000);
        CheckProbe(spec.LivenessProbe);
        CheckResources(spec.Resources);
        Range("rollout.maxSurge", spec.Rollout.MaxSurge, 0, MostReplicas);
        Range("rollout.maxUnavailable", spec.Rollout.MaxUnavailable, 0, MostReplicas);
        if (spec.Rollout is { MaxSurge: 0, MaxUnavailable: 0 })
        {
            Add("rollout", "'rollout.maxSurge' and 'rollout.maxUnavailable' are both 0, so nothing could be replaced; raise one");
        }

        if (settings.Namespace is { } name && !IsNamespace(name))
        {
            Add("namespace", $"'namespace' is '{name}', but must be at most 63 lower-case letters, digits and dashes, no dash at either end");
        }

        if (problems.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.InvalidArgument, 400, string.Join("; ", problems.Select(problem => problem.Message)) + ".", problems));
        }

        void CheckProbe(LivenessProbeRequirements probe)
        {
            Range("livenessProbeRequirements.periodSeconds", probe.PeriodSeconds, 1, 86_400);
            Range("livenessProbeRequirements.initialDelaySeconds", probe.InitialDelaySeconds, 0, 86_400);
            Range("livenessProbeRequirements.timeoutSeconds", probe.TimeoutSeconds, 1, 86_400);
            Range("livenessProbeRequirements.successThreshold", probe.SuccessThreshold, 1, 1000);
            Range("livenessProbeRequirements.failureThreshold", probe.FailureThreshold, 1, 1000);
        }

        void CheckResources(ContainerResourceRequirements resources)
        {
            Positive("containerResourceRequirements.cpu", resources.Cpu);
            Positive("containerResourceRequirements.memoryInGB", resources.MemoryInGB);
            Range("containerResourceRequirements.gpu", resources.Gpu ?? 0, 0, 64);
            AtLeast("containerResourceRequirements.cpuLimit", resources.CpuLimit, "cpu", resources.Cpu);
            AtLeast("containerResourceRequirements.memoryInGBLimit", resources.MemoryInGBLimit, "memoryInGB", resources.MemoryInGB);
        }

        void Add(string field, string message) => problems.Add(new ErrorDetail(ErrorCodes.InvalidArgument, message, field));

        void Range(string field, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                Add(field, FormattableString.Invariant($"'{field}' is {value}, but must be from {least} to {most}"));
            }
        }

        void Positive(string field, double value)
        {
            if (!(value > 0 && double.IsFinite(value)))
            {
                Add(field, FormattableString.Invariant($"'{field}' is {value}, but must be above 0"));
            }
        }

        void AtLeast(string field, double? limit, string requestField, double request)
        {
            if (limit < request)
            {
                Add(field, FormattableString.Invariant($"'{field}' is {limit}, below '{requestField}', which is {request}"));
            }
        }
    }

    private static bool IsNamespace(string name) =>
        name.Length is >= 1 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-';
}
