using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Services;

/// <summary>Turns settings into the spec of a compute target, with the defaults of §1.5.</summary>
internal static class SpecBuilder
{
    private const string WorkerCount = "WORKER_COUNT";

    public static ScoringServiceSpec Build(ServiceSettingsDto settings, ServiceImage image, string workspace)
    {
        var defaults = new ScoringServiceSpec();
        var scaler = settings.AutoScaler;
        var replicas = settings.NumReplicas is 0 ? null : settings.NumReplicas;
        return new ScoringServiceSpec
        {
            Workspace = workspace,
            EntryScript = image.EntryScript,
            SnapshotManifest = image.SnapshotManifest,
            Models = [.. image.Models.Select(model => new ServedModel(model.Name, model.Version, model.Framework, model.Manifest))],
            Environment = image.Environment,
            Resources = settings.ContainerResourceRequirements ?? image.ModelResources ?? defaults.Resources,
            AutoScaler = new AutoScaler
            {
                AutoscaleEnabled = scaler?.AutoscaleEnabled ?? replicas is null,
                MinReplicas = scaler?.MinReplicas ?? defaults.AutoScaler.MinReplicas,
                MaxReplicas = scaler?.MaxReplicas ?? defaults.AutoScaler.MaxReplicas,
                RefreshPeriodInSeconds = scaler?.RefreshPeriodInSeconds ?? defaults.AutoScaler.RefreshPeriodInSeconds,
                TargetUtilization = scaler?.TargetUtilization ?? defaults.AutoScaler.TargetUtilization,
            },
            NumReplicas = replicas,
            LivenessProbe = settings.LivenessProbeRequirements ?? defaults.LivenessProbe,
            AuthEnabled = settings.AuthEnabled ?? settings.AadAuthEnabled != true,
            TokenAuthEnabled = settings.AadAuthEnabled ?? false,
            TokenIssuers = settings.TokenIssuers ?? [],
            ScoringTimeoutMs = settings.ScoringTimeoutMs ?? defaults.ScoringTimeoutMs,
            MaxConcurrentRequestsPerContainer =
                settings.MaxConcurrentRequestsPerContainer ?? defaults.MaxConcurrentRequestsPerContainer,
            MaxQueueWaitMs = settings.MaxQueueWaitMs ?? defaults.MaxQueueWaitMs,
            MaxQueueLength = settings.MaxQueueLength ?? defaults.MaxQueueLength,
            PriorityHeader = string.IsNullOrEmpty(settings.PriorityHeader) ? null : settings.PriorityHeader,
            HedgeAfterMs = settings.HedgeAfterMs ?? defaults.HedgeAfterMs,
            Rollout = settings.Rollout ?? defaults.Rollout,
            WorkerCount = Workers(image),
            CollectModelData = settings.DataCollection?.StorageEnabled ?? false,
            AppInsightsEnabled = settings.AppInsightsEnabled ?? false,
        };
    }

    // v1 users set the number of workers through the environment (§3.5).
    private static int Workers(ServiceImage image)
    {
        if (image.Environment?.EnvironmentVariables is not { } variables || !variables.TryGetValue(WorkerCount, out var text))
        {
            return 1;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= ServingRules.MostWorkers
            ? count
            : throw FairleadException.InvalidArgument($"environment.environmentVariables.{WorkerCount}", text, $"from 1 to {ServingRules.MostWorkers}");
    }
}
