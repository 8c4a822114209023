using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Services;

/// <summary>What a wanted state must be, with the ranges of §1.5. Pure: everything is checked before anything changes.</summary>
internal static class SpecRules
{
    private const int MaxModels = 1000; // §1.2
    private const int MaxReplicas = 1000;
    private const int DayMs = 24 * 60 * 60 * 1000;

    public static void Validate(ScoringServiceSpec spec)
    {
        Authentication(spec);
        Replicas(spec);
        Resources(spec.Resources);
        Probe(spec.LivenessProbe);
        Range("scoringTimeoutMs", spec.ScoringTimeoutMs, 1, DayMs);
        Range("maxQueueWaitMs", spec.MaxQueueWaitMs, 0, DayMs);
        Range("maxQueueLength", spec.MaxQueueLength, 0, 1_000_000);
        Range("maxConcurrentRequestsPerContainer", spec.MaxConcurrentRequestsPerContainer, 1, 10_000);
        Rollout(spec.Rollout);
        Code(spec);
    }

    private static void Authentication(ScoringServiceSpec spec)
    {
        if (spec.AuthEnabled && spec.TokenAuthEnabled)
        {
            throw FairleadException.InvalidArgument(
                "aadAuthEnabled", "true", "false while authEnabled is true: a service takes keys or tokens, not both "
                + "(--token-auth-enabled with --auth-enabled false)");
        }

        if (spec.TokenAuthEnabled)
        {
            throw new FairleadException(
                ErrorCodes.NotSupported, 400,
                "'aadAuthEnabled' is true, but this version of Fairlead issues no tokens yet: use keys (authEnabled).");
        }
    }

    private static void Replicas(ScoringServiceSpec spec)
    {
        var scaler = spec.AutoScaler;
        Range("autoScaler.minReplicas", scaler.MinReplicas, 0, MaxReplicas);
        Range("autoScaler.maxReplicas", scaler.MaxReplicas, 1, MaxReplicas);
        Range("autoScaler.refreshPeriodInSeconds", scaler.RefreshPeriodInSeconds, 1, 3600);
        Range("autoScaler.targetUtilization", scaler.TargetUtilization, 1, 100);
        if (scaler.MinReplicas > scaler.MaxReplicas)
        {
            throw FairleadException.InvalidArgument(
                "autoScaler.minReplicas", scaler.MinReplicas,
                string.Create(CultureInfo.InvariantCulture, $"at most maxReplicas, which is {scaler.MaxReplicas}"));
        }

        if (spec.NumReplicas is { } fixedNumber)
        {
            Range("numReplicas", fixedNumber, 0, MaxReplicas);
        }
        else if (!scaler.AutoscaleEnabled)
        {
            throw FairleadException.InvalidArgument("numReplicas", null, "given when the autoscaler is off");
        }
    }

    private static void Resources(ContainerResourceRequirements resources)
    {
        Positive("containerResourceRequirements.cpu", resources.Cpu);
        Positive("containerResourceRequirements.memoryInGB", resources.MemoryInGB);
        Limit("containerResourceRequirements.cpuLimit", resources.CpuLimit, resources.Cpu, "cpu");
        Limit("containerResourceRequirements.memoryInGBLimit", resources.MemoryInGBLimit, resources.MemoryInGB, "memoryInGB");
        if (resources.Gpu is { } gpu)
        {
            Range("containerResourceRequirements.gpu", gpu, 0, 1024);
        }
    }

    private static void Probe(LivenessProbeRequirements probe)
    {
        Range("livenessProbeRequirements.periodSeconds", probe.PeriodSeconds, 1, 86_400);
        Range("livenessProbeRequirements.initialDelaySeconds", probe.InitialDelaySeconds, 0, 86_400);
        Range("livenessProbeRequirements.timeoutSeconds", probe.TimeoutSeconds, 1, 86_400);
        Range("livenessProbeRequirements.successThreshold", probe.SuccessThreshold, 1, 1000);
        Range("livenessProbeRequirements.failureThreshold", probe.FailureThreshold, 1, 1000);
    }

    private static void Rollout(RolloutStrategy rollout)
    {
        Range("rollout.maxSurge", rollout.MaxSurge, 0, MaxReplicas);
        Range("rollout.maxUnavailable", rollout.MaxUnavailable, 0, MaxReplicas);
        if (rollout is { MaxSurge: 0, MaxUnavailable: 0 })
        {
            throw FairleadException.InvalidArgument(
                "rollout.maxUnavailable", 0, "above 0 when maxSurge is 0: else no replica could ever be replaced");
        }
    }

    private static void Code(ScoringServiceSpec spec)
    {
        if (spec.Models.Count > MaxModels)
        {
            throw FairleadException.InvalidArgument("environmentImageRequest.modelIds", spec.Models.Count, $"at most {MaxModels} models");
        }

        if (spec.Models.GroupBy(model => (model.Name, model.Version)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw FairleadException.InvalidArgument(
                "environmentImageRequest.modelIds", ModelNames.Id(twice.Key.Name, twice.Key.Version), "there once");
        }

        if (spec.EntryScript is not null)
        {
            return;
        }

        if (spec.Models is not [{ Framework: ModelFrameworks.Onnx or ModelFrameworks.ScikitLearn }])
        {
            throw FairleadException.InvalidArgument(
                "environmentImageRequest.driverProgram", null,
                "an entry script (an inference config with entryScript), unless there is exactly one model, registered "
                + $"with framework {ModelFrameworks.Onnx} or {ModelFrameworks.ScikitLearn}");
        }
    }

    private static void Range(string field, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw FairleadException.InvalidArgument(
                field, value, string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"));
        }
    }

    private static void Positive(string field, double value)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            throw FairleadException.InvalidArgument(field, value, "above 0");
        }
    }

    private static void Limit(string field, double? limit, double request, string requestName)
    {
        if (limit is { } value && (!double.IsFinite(value) || value < request))
        {
            throw FairleadException.InvalidArgument(
                field, value, string.Create(CultureInfo.InvariantCulture, $"at least {requestName}, which is {request}"));
        }
    }
}
