using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Services;

/// <summary>
/// Records what services should be. Each change is one transaction over service and operation; what follows is the
/// operation's work, which a crash after this only delays.
/// </summary>
internal sealed class ServiceStore(
    WorkspaceDb db, ImageResolver images, ServiceKeys keys, ComputeTargets computes, OperationQueue operations, IOptions<WorkspaceOptions> options)
{
    private static readonly string[] ComputeTypes = ["AKS", "LOCAL"];

    public async Task<ServiceDto> CreateAsync(CreateServiceRequest request, CancellationToken cancellationToken)
    {
        ServiceNames.Validate(request.Name);
        var type = ComputeTypes.FirstOrDefault(known => string.Equals(known, request.ComputeType, StringComparison.OrdinalIgnoreCase))
            ?? throw FairleadException.InvalidArgument("computeType", request.ComputeType, "AKS or LOCAL");
        var compute = await computes.FindAsync(request.ComputeName, cancellationToken);

        // Immediate: nothing it relies on, the models above all, changes before it commits.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await CheckComputeAsync(compute.Name, request.Namespace, cancellationToken);
        var (settings, spec, image) = await PrepareAsync(request, cancellationToken);
        var row = await FindAsync(request.Name, cancellationToken);
        if (row is not null)
        {
            if (!request.Overwrite)
            {
                throw ServiceErrors.Exists(request.Name);
            }

            await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);
            settings = settings with { Properties = Labels.Grown(row.Settings().Properties, settings.Properties) };
            if (row.ComputeName != compute.Name)
            {
                throw FairleadException.InvalidArgument(
                    "computeName", compute.Name, $"'{row.ComputeName}', where the service runs; delete it there first");
            }
        }
        else
        {
            row = new ServiceRow
            {
                Name = request.Name,
                ComputeType = type,
                ComputeName = compute.Name,
                SpecJson = "",
                SettingsJson = "",
                PrimaryKey = keys.Protect("keys.primaryKey", request.Keys?.PrimaryKey),
                SecondaryKey = keys.Protect("keys.secondaryKey", request.Keys?.SecondaryKey),
                OperationId = "",
            };
            db.Services.Add(row);
        }

        row.ComputeType = type;
        if (row.Generation > 0 && request.Keys is { } given)
        {
            row.PrimaryKey = given.PrimaryKey is null ? row.PrimaryKey : keys.Protect("keys.primaryKey", given.PrimaryKey);
            row.SecondaryKey = given.SecondaryKey is null ? row.SecondaryKey : keys.Protect("keys.secondaryKey", given.SecondaryKey);
        }

        // Also when the spec is the same: deploying again is how a failed one is retried.
        Set(row, settings, spec, image, raise: true);
        operations.Add(db, row, OperationRow.DeployType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.ToDto(isBusy: true, image.Models, compute);
    }

    public async Task<ServiceDto> PatchAsync(string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await FindAsync(name, cancellationToken) ?? throw ServiceErrors.NotFound(name);
        var before = row.Settings();
        var after = SettingsPatch.Apply(before, steps);
        Labels.CheckPropertiesGrow(
            before.Properties ?? new Dictionary<string, string>(), after.Properties ?? new Dictionary<string, string>());
        var (settings, spec, image) = await PrepareAsync(after, cancellationToken);
        await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);

        // Labels alone roll nothing out; the same spec does when it failed, since asking again means trying again.
        var changed = Json.Write(spec, ContractsJson.Default.ScoringServiceSpec) != row.SpecJson
            || (row.ErrorJson is not null && !SettingsPatch.IsLabelsOnly(steps));
        Set(row, settings, spec, image, changed);
        operations.Add(db, row, OperationRow.DeployType, changed ? OperationState.NotStarted : OperationState.Succeeded);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.ToDto(changed, image.Models, await computes.FindAsync(row.ComputeName, cancellationToken));
    }

    /// <summary>Starts the deletion; with force it cancels a deployment that runs. Returns the operation.</summary>
    public async Task<string> DeleteAsync(string name, bool force, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await FindAsync(name, cancellationToken) ?? throw ServiceErrors.NotFound(name);
        var running = await OperationQueue.FindRunningAsync(db, row, cancellationToken);
        if (running is { OperationType: OperationRow.DeleteType })
        {
            return running.Id;
        }

        if (running is not null && !force)
        {
            throw ServiceErrors.BusyDeleting(name, running.Id);
        }

        if (running is not null)
        {
            operations.End(running, OperationState.Cancelled, null);

            // Before the new one is added: only one may run for a service.
            await db.SaveChangesAsync(cancellationToken);
        }

        operations.Add(db, row, OperationRow.DeleteType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.OperationId;
    }

    // An attached cluster has one namespace for services, and takes none while it is detached.
    private async Task CheckComputeAsync(string name, string? ns, CancellationToken cancellationToken)
    {
        if (await db.Computes.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } attached)
        {
            // Detached through another workspace a moment ago, if it is not the server's own.
            var known = computes.BuiltIn.Select(target => target.Name).ToList();
            if (!known.Contains(name))
            {
                throw ComputeErrors.NotFound(name, known);
            }

            return;
        }

        if (attached.State == ProvisioningState.Deleting)
        {
            throw ComputeErrors.Busy(name, attached.OperationId);
        }

        if (ns is not null && ns != attached.Settings().Namespace)
        {
            throw FairleadException.InvalidArgument(
                "namespace", ns, $"'{attached.Settings().Namespace}', where services of compute target '{name}' are, or absent");
        }
    }

    private async Task<(ServiceSettingsDto Settings, ScoringServiceSpec Spec, ServiceImage Image)> PrepareAsync(
        ServiceSettingsDto given, CancellationToken cancellationToken)
    {
        // Settings first: they need nothing but the request, and so are told even when a model is missing.
        var nothing = new ServiceImage { Request = new EnvironmentImageRequest(), Models = [] };
        SettingsValidation.Check(given, SpecBuilder.Build(given, nothing, options.Value.Workspace));
        var image = await images.ResolveAsync(given.EnvironmentImageRequest, cancellationToken);
        var spec = SpecBuilder.Build(given, image, options.Value.Workspace);
        SettingsValidation.Check(given, spec);
        return (given with { EnvironmentImageRequest = image.Request }, spec, image);
    }

    private static void Set(ServiceRow row, ServiceSettingsDto settings, ScoringServiceSpec spec, ServiceImage image, bool raise)
    {
        row.SettingsJson = Json.Write(settings, ContractsJson.Default.ServiceSettingsDto);
        row.SpecJson = Json.Write(spec, ContractsJson.Default.ScoringServiceSpec);
        row.Generation += raise ? 1 : 0;
        row.Models.RemoveAll(use => use.Position >= image.Models.Count);
        foreach (var (position, model) in image.Models.Index())
        {
            var use = row.Models.FirstOrDefault(use => use.Position == position);
            if (use is null)
            {
                row.Models.Add(use = new ServiceModelRow { ServiceName = row.Name, Position = position, ModelName = model.Name });
            }

            (use.ModelName, use.ModelVersion) = (model.Name, model.Version);
        }
    }

    private Task<ServiceRow?> FindAsync(string name, CancellationToken cancellationToken) =>
        db.Services.Include(row => row.Models).FirstOrDefaultAsync(row => row.Name == name, cancellationToken);
}
