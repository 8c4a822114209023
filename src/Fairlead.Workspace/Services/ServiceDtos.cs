using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Models;

namespace Fairlead.Workspace.Services;

/// <summary>The wire form of services: the row's wanted state with the compute target's view of what there is.</summary>
internal static class ServiceDtos
{
    /// <param name="row">The wanted state.</param>
    /// <param name="operation">The newest operation on it; null when it is not known any more.</param>
    /// <param name="models">Registered models by name and version.</param>
    public static ServiceDto From(
        ServiceRow row, OperationRow? operation, ComputeTargets computes, IReadOnlyDictionary<(string, long), ModelRow> models)
    {
        var compute = computes.Get(row.ComputeName);
        var status = compute.FindStatus(row.Name);
        var spec = row.Spec;
        var error = operation?.Error ?? status?.Error;
        return new ServiceDto
        {
            Id = row.Name,
            Name = row.Name,
            ComputeType = row.ComputeType,
            ComputeName = row.ComputeName,
            State = StateOf(operation, status),
            Error = error,
            OperationId = row.OperationId,
            CreatedTime = row.CreatedTime,
            UpdatedTime = row.UpdatedTime,
            Description = row.Description,
            KvTags = row.KvTags,
            Properties = row.Properties,
            ScoringUri = ServiceUrls.Scoring(compute, row.Name),
            SwaggerUri = ServiceUrls.Swagger(compute, row.Name),
            DeploymentStatus = Deployment(status, error),
            Models = [.. spec.Models.Select(model => models.GetValueOrDefault((model.Name, model.Version)))
                .OfType<ModelRow>().Select(ModelDtos.From)],
            EnvironmentImageRequest = row.Image,
            AutoScaler = spec.AutoScaler with { AutoscaleEnabled = spec.IsAutoscaled },
            NumReplicas = spec.NumReplicas,
            ContainerResourceRequirements = spec.Resources,
            LivenessProbeRequirements = spec.LivenessProbe,
            AuthEnabled = spec.AuthEnabled,
            AadAuthEnabled = spec.TokenAuthEnabled,
            ScoringTimeoutMs = spec.ScoringTimeoutMs,
            MaxConcurrentRequestsPerContainer = spec.MaxConcurrentRequestsPerContainer,
            MaxQueueWaitMs = spec.MaxQueueWaitMs,
            MaxQueueLength = spec.MaxQueueLength,
            Rollout = spec.Rollout,
            DataCollection = new DataCollection { StorageEnabled = spec.CollectModelData },
            AppInsightsEnabled = spec.AppInsightsEnabled,
        };
    }

    /// <summary>The settings an update starts from.</summary>
    public static ServiceSettingsDto Settings(ServiceRow row) => new()
    {
        Description = row.Description,
        KvTags = row.KvTags,
        Properties = row.Properties,
        EnvironmentImageRequest = row.Image,
        AutoScaler = new AutoScalerDto
        {
            AutoscaleEnabled = row.Spec.AutoScaler.AutoscaleEnabled,
            MinReplicas = row.Spec.AutoScaler.MinReplicas,
            MaxReplicas = row.Spec.AutoScaler.MaxReplicas,
            RefreshPeriodInSeconds = row.Spec.AutoScaler.RefreshPeriodInSeconds,
            TargetUtilization = row.Spec.AutoScaler.TargetUtilization,
        },
        NumReplicas = row.Spec.NumReplicas,
        ContainerResourceRequirements = row.Spec.Resources,
        LivenessProbeRequirements = row.Spec.LivenessProbe,
        AuthEnabled = row.Spec.AuthEnabled,
        AadAuthEnabled = row.Spec.TokenAuthEnabled,
        ScoringTimeoutMs = row.Spec.ScoringTimeoutMs,
        MaxConcurrentRequestsPerContainer = row.Spec.MaxConcurrentRequestsPerContainer,
        MaxQueueWaitMs = row.Spec.MaxQueueWaitMs,
        MaxQueueLength = row.Spec.MaxQueueLength,
        Rollout = row.Spec.Rollout,
        DataCollection = new DataCollection { StorageEnabled = row.Spec.CollectModelData },
        AppInsightsEnabled = row.Spec.AppInsightsEnabled,
    };

    private static ServiceState StateOf(OperationRow? operation, ScoringServiceStatus? status) => operation switch
    {
        { EndTime: null } => ServiceState.Transitioning,
        { State: not OperationState.Succeeded } when status is null or { AvailableReplicas: 0 } => ServiceState.Failed,
        _ => status?.State ?? ServiceState.Unhealthy,
    };

    private static DeploymentStatusDto Deployment(ScoringServiceStatus? status, ErrorDocument? error) => new()
    {
        DesiredReplicas = status?.DesiredReplicas ?? 0,
        UpdatedReplicas = status?.UpdatedReplicas ?? 0,
        AvailableReplicas = status?.AvailableReplicas ?? 0,
        Activity = status?.Activity,
        Replicas = status?.Replicas ?? [],
        Error = error,
    };
}
