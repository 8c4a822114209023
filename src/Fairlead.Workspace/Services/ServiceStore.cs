using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Services;

/// <summary>
/// Records what services should be. Each change is one transaction over service and operation; what follows is the
/// operation's work, which a crash after this only delays.
/// </summary>
internal sealed class ServiceStore(
    WorkspaceDb db, ServicePreparation preparation, ServiceKeys keys, ComputeTargets computes, OperationQueue operations)
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
        await preparation.CheckComputeAsync(compute.Name, request.Namespace, cancellationToken);
        var (settings, spec, image) = await preparation.PrepareAsync(request, cancellationToken);
        var row = await preparation.FindAsync(request.Name, cancellationToken);
        if (row is not null)
        {
            if (!request.Overwrite)
            {
                throw ServiceErrors.Exists(request.Name);
            }

            await EndpointErrors.RefuseMemberAsync(db, row, cancellationToken);
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
                PrimaryKey = keys.Protect("keys.primaryKey", request.Keys?.PrimaryKey),
                SecondaryKey = keys.Protect("keys.secondaryKey", request.Keys?.SecondaryKey),
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
        ServicePreparation.Set(row, settings, spec, image, raise: true);
        operations.Add(db, row, OperationRow.DeployType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.ToDto(isBusy: true, image.Models, compute);
    }

    public async Task<ServiceDto> PatchAsync(string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await preparation.FindAsync(name, cancellationToken) ?? throw ServiceErrors.NotFound(name);
        await EndpointErrors.RefuseMemberAsync(db, row, cancellationToken);
        var before = row.Settings();
        var after = SettingsPatch.Apply(before, steps);
        Labels.CheckPropertiesGrow(
            before.Properties ?? new Dictionary<string, string>(), after.Properties ?? new Dictionary<string, string>());
        var (settings, spec, image) = await preparation.PrepareAsync(after, cancellationToken);
        await OperationQueue.RefuseBusyAsync(db, row, cancellationToken);

        // Labels alone roll nothing out; the same spec does when it failed, since asking again means trying again.
        var changed = Json.Write(spec, ContractsJson.Default.ScoringServiceSpec) != row.SpecJson
            || (row.ErrorJson is not null && !SettingsPatch.IsLabelsOnly(steps));
        ServicePreparation.Set(row, settings, spec, image, changed);
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
        var row = await preparation.FindAsync(name, cancellationToken) ?? throw ServiceErrors.NotFound(name);
        await EndpointErrors.RefuseMemberAsync(db, row, cancellationToken);
        if (await operations.PrepareDeletionAsync(db, row, force, cancellationToken) is { } deletion)
        {
            return deletion.Id;
        }

        operations.Add(db, row, OperationRow.DeleteType, OperationState.NotStarted);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        operations.Wake();
        return row.OperationId;
    }
}
