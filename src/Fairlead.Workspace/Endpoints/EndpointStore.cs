using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Records what endpoints should be (§1.8): each change is one transaction over them, their versions and operations.</summary>
internal sealed class EndpointStore(
    WorkspaceDb db, ServicePreparation preparation, ServiceKeys keys, ComputeTargets computes, OperationQueue operations)
{
    private const string StickyHeader = "stickyHeader";

    private static readonly string[] Mutable =
        ["description", "kvTags", "properties", "authEnabled", "aadAuthEnabled", "tokenIssuers", "appInsightsEnabled"];

    /// <summary>The endpoint and the operation of its first version.</summary>
    public async Task<(EndpointDto Endpoint, string Operation)> CreateAsync(
        CreateEndpointRequest request, CancellationToken cancellationToken)
    {
        ServiceNames.Validate(request.Name);
        var name = request.VersionName ?? request.Name;
        VersionNames.Validate("versionName", name);
        CheckHeader(request.StickyHeader);
        var compute = await computes.FindAsync(request.ComputeName, cancellationToken);
        var version = new EndpointVersionRow
        {
            Endpoint = request.Name,
            Name = name,
            Service = VersionNames.ServiceOf(request.Name, name),
            IsDefault = true,
            IsControl = true,
        };
        TrafficRules.Set([version], version, request);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await preparation.CheckComputeAsync(compute.Name, request.Namespace, cancellationToken);
        var (settings, spec, image) = await preparation.PrepareAsync(request, cancellationToken);
        foreach (var taken in new[] { request.Name, version.Service })
        {
            if (await db.Services.AnyAsync(row => row.Name == taken, cancellationToken))
            {
                throw EndpointErrors.Exists(taken);
            }
        }

        var own = new ServiceSettingsDto
        {
            Description = settings.Description,
            KvTags = settings.KvTags,
            Properties = settings.Properties,
            AuthEnabled = settings.AuthEnabled,
            AadAuthEnabled = settings.AadAuthEnabled,
            TokenIssuers = settings.TokenIssuers,
            AppInsightsEnabled = settings.AppInsightsEnabled,
        };
        var endpoint = NewRow(request.Name, EndpointVersionRow.ComputeType, compute.Name, request.Keys);
        var split = TrafficPlan.Build([version], null, request.StickyHeader);
        ServicePreparation.Set(endpoint, own, SpecOf(own) with { Traffic = split }, NoImage, raise: true);
        var service = NewRow(version.Service, VersionStore.ComputeTypeOf(compute), compute.Name, null);
        (service.PrimaryKey, service.SecondaryKey) = (endpoint.PrimaryKey, endpoint.SecondaryKey);
        ServicePreparation.Set(
            service, settings with { Description = null, KvTags = null, Properties = null }, spec, image, raise: true);
        db.Services.AddRange(endpoint, service);
        db.EndpointVersions.Add(version);
        operations.Add(db, endpoint, OperationRow.DeployType, OperationState.NotStarted);
        operations.Add(db, service, OperationRow.DeployType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return (await EndpointReader.ToDtoAsync(db, computes, endpoint, cancellationToken), service.OperationId);
    }

    /// <summary>A JSON Patch over what belongs to the endpoint itself; authentication goes on to its versions.</summary>
    public async Task<(EndpointDto Endpoint, string Operation)> PatchAsync(
        string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await EndpointReader.FindRowAsync(db, name, cancellationToken);
        var before = row.Settings();
        var after = SettingsPatch.Apply(before, [.. steps.Where(step => !IsSticky(step))], [.. Mutable, StickyHeader]);
        Labels.CheckPropertiesGrow(
            before.Properties ?? new Dictionary<string, string>(), after.Properties ?? new Dictionary<string, string>());
        var spec = row.Spec();
        var wanted = SpecOf(after) with { Traffic = spec.Traffic! with { StickyHeader = HeaderAfter(spec.Traffic.StickyHeader, steps) } };
        SettingsValidation.Check(after, wanted);
        await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);
        foreach (var version in await EndpointReader.VersionsAsync(db, name, cancellationToken))
        {
            await AdoptAsync(version, after, wanted, cancellationToken);
        }

        var changed = Json.Write(wanted, ContractsJson.Default.ScoringServiceSpec) != row.SpecJson || row.ErrorJson is not null;
        ServicePreparation.Set(row, after, wanted, NoImage, changed);
        operations.Add(db, row, OperationRow.DeployType, changed ? OperationState.NotStarted : OperationState.Succeeded);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return (await EndpointReader.ToDtoAsync(db, computes, row, cancellationToken), row.OperationId);
    }

    /// <summary>Starts the deletion of an endpoint and of all its versions; with force it cancels what runs on them.</summary>
    public async Task<string> DeleteAsync(string name, bool force, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await EndpointReader.FindRowAsync(db, name, cancellationToken);
        if (await OperationQueue.FindRunningAsync(db, row, cancellationToken) is { OperationType: OperationRow.DeleteType } deletion)
        {
            return deletion.Id;
        }

        var versions = await EndpointReader.VersionsAsync(db, name, cancellationToken);
        var services = new List<ServiceRow> { row };
        foreach (var version in versions)
        {
            services.Add(await db.Services.FirstAsync(service => service.Name == version.Service, cancellationToken));
            version.IsLeaving = true;
        }

        var leaving = new List<ServiceRow>();
        foreach (var service in services)
        {
            if (await operations.PrepareDeletionAsync(db, service, force, cancellationToken) is null)
            {
                leaving.Add(service);
            }
        }

        leaving.ForEach(service => operations.Add(db, service, OperationRow.DeleteType, OperationState.NotStarted));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.OperationId;
    }

    private static ServiceImage NoImage => new() { Request = new EnvironmentImageRequest(), Models = [] };

    // The versions' own doors are opened by what opens the endpoint.
    private async Task AdoptAsync(
        EndpointVersionRow version, ServiceSettingsDto endpoint, ScoringServiceSpec spec, CancellationToken cancellationToken)
    {
        var row = await db.Services.FirstAsync(service => service.Name == version.Service, cancellationToken);
        var adopted = row.Spec() with
        {
            AuthEnabled = spec.AuthEnabled,
            TokenAuthEnabled = spec.TokenAuthEnabled,
            TokenIssuers = spec.TokenIssuers,
            AppInsightsEnabled = spec.AppInsightsEnabled,
        };
        var json = Json.Write(adopted, ContractsJson.Default.ScoringServiceSpec);
        if (json == row.SpecJson)
        {
            return;
        }

        await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);
        row.SpecJson = json;
        row.SettingsJson = Json.Write(VersionStore.WithAuthentication(row.Settings(), endpoint), ContractsJson.Default.ServiceSettingsDto);
        row.Generation++;
        operations.Add(db, row, OperationRow.DeployType, OperationState.NotStarted);
    }

    private ServiceRow NewRow(string name, string type, string compute, AuthKeysDto? given) => new()
    {
        Name = name,
        ComputeType = type,
        ComputeName = compute,
        PrimaryKey = keys.Protect("keys.primaryKey", given?.PrimaryKey),
        SecondaryKey = keys.Protect("keys.secondaryKey", given?.SecondaryKey),
    };

    private ScoringServiceSpec SpecOf(ServiceSettingsDto own) => SpecBuilder.Build(own, NoImage, preparation.Workspace) with
    {
        AutoScaler = new AutoScaler { AutoscaleEnabled = false },
    };

    private static bool IsSticky(PatchStep step) => SettingsPatch.Touches(step, [StickyHeader]);

    private static string? HeaderAfter(string? before, IReadOnlyList<PatchStep> steps)
    {
        foreach (var step in steps.Where(IsSticky))
        {
            before = step.Op == "remove" ? null : step.Value?.ToString();
            CheckHeader(before);
        }

        return before;
    }

    private static void CheckHeader(string? name)
    {
        if (name is not null && (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            throw FairleadException.InvalidArgument(StickyHeader, name, "the name of a request header, or absent");
        }
    }
}
