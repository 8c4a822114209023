using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Records what the versions of an endpoint should be (§1.8).</summary>
internal sealed class VersionStore(
    WorkspaceDb db, ServicePreparation preparation, ComputeTargets computes, OperationQueue operations)
{
    private static readonly string[] OfEndpoint = ["authEnabled", "aadAuthEnabled", "tokenIssuers", "namespace"];
    private static readonly string[] OfTraffic = ["trafficPercentile", "shadowPercentile", "isDefault", "isControlVersionType"];

    public static string ComputeTypeOf(IComputeTarget compute) => ComputeTargets.IsLocal(compute) ? "LOCAL" : "AKS";

    public static ServiceSettingsDto WithAuthentication(ServiceSettingsDto version, ServiceSettingsDto endpoint) => version with
    {
        AuthEnabled = endpoint.AuthEnabled,
        AadAuthEnabled = endpoint.AadAuthEnabled,
        TokenIssuers = endpoint.TokenIssuers,
        AppInsightsEnabled = endpoint.AppInsightsEnabled,
    };

    /// <summary>The endpoint, and the operation of its new version.</summary>
    public async Task<(EndpointDto Endpoint, string Operation)> CreateAsync(
        string endpoint, CreateVersionRequest request, CancellationToken cancellationToken)
    {
        VersionNames.Validate("name", request.Name);
        RefuseAuthentication(request);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await OpenAsync(endpoint, cancellationToken);
        await preparation.CheckComputeAsync(row.ComputeName, null, cancellationToken);
        var versions = await EndpointReader.VersionsAsync(db, endpoint, cancellationToken);
        if (versions.Exists(other => other.Name == request.Name))
        {
            throw EndpointErrors.VersionExists(endpoint, request.Name);
        }

        TrafficRules.CheckRoom(endpoint, versions);
        var version = new EndpointVersionRow
        {
            Endpoint = endpoint,
            Name = request.Name,
            Service = VersionNames.ServiceOf(endpoint, request.Name),
            Position = versions[^1].Position + 1,
        };
        TrafficRules.Set([.. versions.Where(other => !other.IsLeaving), version], version, request);
        if (await db.Services.AnyAsync(service => service.Name == version.Service, cancellationToken))
        {
            throw EndpointErrors.Exists(version.Service);
        }

        var compute = await computes.FindAsync(row.ComputeName, cancellationToken);
        var (settings, spec, image) = await preparation.PrepareAsync(
            WithAuthentication(request, row.Settings()), cancellationToken);
        var service = new ServiceRow
        {
            Name = version.Service,
            ComputeType = ComputeTypeOf(compute),
            ComputeName = row.ComputeName,
            PrimaryKey = row.PrimaryKey,
            SecondaryKey = row.SecondaryKey,
        };
        ServicePreparation.Set(service, settings, spec, image, raise: true);
        db.Services.Add(service);
        db.EndpointVersions.Add(version);
        operations.Add(db, service, OperationRow.DeployType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return (await EndpointReader.ToDtoAsync(db, computes, row, cancellationToken), service.OperationId);
    }

    /// <summary>A JSON Patch over the version's settings and its share. When only the share changes, nothing is rolled out and the
    /// operation is one of the endpoint.</summary>
    public async Task<(EndpointDto Endpoint, string Operation)> PatchAsync(
        string endpoint, string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        var refused = steps.FirstOrDefault(step => SettingsPatch.Touches(step, OfEndpoint));
        if (refused is not null)
        {
            throw FairleadException.InvalidArgument("path", refused.Path, "a member of the version; this one belongs to the endpoint");
        }

        var traffic = JsonPatch.Apply([], [.. steps.Where(IsOfTraffic)], OfTraffic)
            .Deserialize(ContractsJson.Default.EndpointVersionSettingsDto)!;
        List<PatchStep> others = [.. steps.Where(step => !IsOfTraffic(step))];
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await OpenAsync(endpoint, cancellationToken);
        var (version, versions) = await FindAsync(endpoint, name, cancellationToken);
        var service = (await preparation.FindAsync(version.Service, cancellationToken))!;
        var before = service.Settings();
        var after = SettingsPatch.Apply(before, others);
        Labels.CheckPropertiesGrow(
            before.Properties ?? new Dictionary<string, string>(), after.Properties ?? new Dictionary<string, string>());
        TrafficRules.Set(versions, version, traffic);
        var changed = false;
        if (others.Count > 0)
        {
            var (settings, spec, image) = await preparation.PrepareAsync(after, cancellationToken);
            await OperationQueue.RefuseBusyAsync(db, service, cancellationToken);
            changed = Json.Write(spec, ContractsJson.Default.ScoringServiceSpec) != service.SpecJson
                || (service.ErrorJson is not null && !SettingsPatch.IsLabelsOnly(others));
            ServicePreparation.Set(service, settings, spec, image, changed);
        }

        string operation;
        if (changed)
        {
            // The share follows when the rollout has ended.
            operations.Add(db, service, OperationRow.DeployType, OperationState.NotStarted);
            operation = service.OperationId;
        }
        else
        {
            await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);
            var generation = row.Generation;
            await EndpointTraffic.PlanAsync(db, endpoint, cancellationToken);
            operations.Add(
                db, row, OperationRow.DeployType, row.Generation > generation ? OperationState.NotStarted : OperationState.Succeeded);
            operation = row.OperationId;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return (await EndpointReader.ToDtoAsync(db, computes, row, cancellationToken), operation);
    }

    /// <summary>Starts the deletion: the version gets no more requests, then those in it end. With force it cancels a deployment
    /// of it that runs. Returns the operation.</summary>
    public async Task<string> DeleteAsync(string endpoint, string name, bool force, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await OpenAsync(endpoint, cancellationToken);
        var (version, versions) = await FindAsync(endpoint, name, cancellationToken, orLeaving: true);
        var service = await db.Services.FirstAsync(service => service.Name == version.Service, cancellationToken);
        if (version.IsDefault)
        {
            throw EndpointErrors.IsDefault(endpoint, name);
        }

        if (await operations.PrepareDeletionAsync(db, service, force, cancellationToken) is { } deletion)
        {
            return deletion.Id;
        }

        version.IsLeaving = true;
        version.TrafficPercentile = 0;
        version.ShadowPercentile = 0;
        if (version.IsControl)
        {
            // There is always one (§1.8).
            version.IsControl = false;
            versions.First(other => other.IsDefault).IsControl = true;
        }

        await EndpointTraffic.PlanAsync(db, row.Name, cancellationToken);
        operations.Add(db, service, OperationRow.DeleteType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return service.OperationId;
    }

    private static bool IsOfTraffic(PatchStep step) => SettingsPatch.Touches(step, OfTraffic);

    private static void RefuseAuthentication(ServiceSettingsDto given)
    {
        foreach (var (field, isGiven) in new[]
        {
            ("authEnabled", given.AuthEnabled is not null), ("aadAuthEnabled", given.AadAuthEnabled is not null),
            ("tokenIssuers", given.TokenIssuers is not null), ("namespace", given.Namespace is not null),
        })
        {
            if (isGiven)
            {
                throw FairleadException.InvalidArgument(field, "given", "absent: it is the endpoint's, the same for all its versions");
            }
        }
    }

    /// <summary>An endpoint whose versions may be changed.</summary>
    private async Task<ServiceRow> OpenAsync(string endpoint, CancellationToken cancellationToken)
    {
        var row = await EndpointReader.FindRowAsync(db, endpoint, cancellationToken);
        return await OperationQueue.FindRunningAsync(db, row, cancellationToken) is { OperationType: OperationRow.DeleteType } deletion
            ? throw ServiceErrors.Busy(endpoint, deletion.Id)
            : row;
    }

    private async Task<(EndpointVersionRow Version, List<EndpointVersionRow> Staying)> FindAsync(
        string endpoint, string name, CancellationToken cancellationToken, bool orLeaving = false)
    {
        var versions = await EndpointReader.VersionsAsync(db, endpoint, cancellationToken);
        var staying = versions.Where(version => !version.IsLeaving).ToList();
        var version = (orLeaving ? versions : staying).Find(version => version.Name == name)
            ?? throw EndpointErrors.VersionNotFound(endpoint, name, staying);
        return (version, staying);
    }
}
