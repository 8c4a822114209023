using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Services;

/// <summary>A service as callers see it: what it should be from the database, what it is from its compute target.</summary>
internal static class ServiceMapping
{
    public static ServiceDto ToDto(
        this ServiceRow row, bool isBusy, IReadOnlyList<ModelRow> models, IComputeTarget compute)
    {
        var settings = row.Settings();
        var spec = row.Spec();
        var status = compute.FindStatus(row.Name);
        var path = compute.GatewayUrl + Routes.ServicePath(row.Name);
        return new ServiceDto
        {
            Id = row.Name,
            Name = row.Name,
            ComputeType = row.ComputeType,
            ComputeName = row.ComputeName,
            State = StateOf(row, isBusy, status),
            Error = ErrorOf(row, isBusy, status),
            OperationId = row.OperationId,
            CreatedTime = row.CreatedTime,
            UpdatedTime = row.UpdatedTime,
            Description = settings.Description,
            KvTags = settings.KvTags ?? new Dictionary<string, string>(),
            Properties = settings.Properties ?? new Dictionary<string, string>(),
            ScoringUri = path + "/score",
            SwaggerUri = path + "/swagger.json",
            DeploymentStatus = new DeploymentStatusDto
            {
                DesiredReplicas = status?.DesiredReplicas ?? spec.InitialReplicas,
                UpdatedReplicas = status?.UpdatedReplicas ?? 0,
                AvailableReplicas = status?.AvailableReplicas ?? 0,
                Error = status?.Error,
                Activity = status?.Activity,
                Warning = status?.Warning,
                Replicas = status?.Replicas ?? [],
            },
            Models = [.. models.Select(model => model.ToDto())],
            EnvironmentImageRequest = settings.EnvironmentImageRequest,
            AutoScaler = spec.AutoScaler with { AutoscaleEnabled = spec.IsAutoscaled },
            NumReplicas = spec.NumReplicas,
            ContainerResourceRequirements = spec.Resources,
            LivenessProbeRequirements = spec.LivenessProbe,
            AuthEnabled = spec.AuthEnabled,
            AadAuthEnabled = spec.TokenAuthEnabled,
            TokenIssuers = spec.TokenIssuers,
            ScoringTimeoutMs = spec.ScoringTimeoutMs,
            MaxConcurrentRequestsPerContainer = spec.MaxConcurrentRequestsPerContainer,
            MaxQueueWaitMs = spec.MaxQueueWaitMs,
            MaxQueueLength = spec.MaxQueueLength,
            PriorityHeader = spec.PriorityHeader,
            HedgeAfterMs = spec.HedgeAfterMs,
            Rollout = spec.Rollout,
            DataCollection = settings.DataCollection ?? new DataCollection(),
            AppInsightsEnabled = spec.AppInsightsEnabled,
        };
    }

    public static ServiceSettingsDto Settings(this ServiceRow row) =>
        Json.Read(row.SettingsJson, ContractsJson.Default.ServiceSettingsDto);

    public static ScoringServiceSpec Spec(this ServiceRow row) =>
        Json.Read(row.SpecJson, ContractsJson.Default.ScoringServiceSpec);

    internal static ServiceState StateOf(ServiceRow row, bool isBusy, ScoringServiceStatus? status) => (isBusy, status) switch
    {
        (true, _) => ServiceState.Transitioning,
        (false, null) => row.ErrorJson is null ? ServiceState.Transitioning : ServiceState.Failed,

        // The operation has given up on it, so it is final for callers, whatever the target still tries.
        (false, { State: ServiceState.Transitioning, AvailableReplicas: var ready }) when row.ErrorJson is not null =>
            ready > 0 ? ServiceState.Healthy : ServiceState.Failed,
        (false, _) => status.State,
    };

    private static ErrorDocument? ErrorOf(ServiceRow row, bool isBusy, ScoringServiceStatus? status)
    {
        if (isBusy)
        {
            return null;
        }

        var recovered = status is { State: ServiceState.Healthy, Error: null }
            && status.ServingGeneration == row.Generation;
        return status?.Error
            ?? (row.ErrorJson is null || recovered ? null : Json.Read(row.ErrorJson, ContractsJson.Default.ErrorDocument));
    }
}
