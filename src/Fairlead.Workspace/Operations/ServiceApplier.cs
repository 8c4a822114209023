using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tokens;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Operations;

/// <summary>
/// Brings a service's row to its compute target. One at a time for each service, and each reads the row anew, so that
/// a key just replaced is never overwritten with the one before it.
/// </summary>
internal sealed class ServiceApplier(IDbContextFactory<WorkspaceDb> databases, ComputeTargets computes, ServiceKeys keys, TokenKeys tokens, ServiceTurns turns)
{
    /// <summary>The target it was applied to; null when the service is gone.</summary>
    public async Task<IComputeTarget?> ApplyAsync(string name, CancellationToken cancellationToken)
    {
        await using var turn = await turns.AcquireAsync(name, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Services.AsNoTracking().FirstOrDefaultAsync(service => service.Name == name, cancellationToken);
        if (row is null || await IsBeingDeletedAsync(db, name, cancellationToken))
        {
            return null;
        }

        var compute = await computes.FindAsync(row.ComputeName, cancellationToken);
        var spec = row.Spec();
        var secret = keys.SecretOf(row) with
        {
            Tokens = spec.TokenAuthEnabled ? await tokens.TrustAsync(db, row, cancellationToken) : null,
        };
        await compute.ApplyAsync(
            new ScoringService { Name = name, Generation = row.Generation, Spec = spec, Secret = secret }, cancellationToken);
        return compute;
    }

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await using var turn = await turns.AcquireAsync(name, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var compute = await db.Services.Where(service => service.Name == name)
            .Select(service => service.ComputeName).FirstOrDefaultAsync(cancellationToken);
        if (compute is not null)
        {
            await (await computes.FindAsync(compute, cancellationToken)).DeleteAsync(name, cancellationToken);
        }
    }

    // Between its end on the target and that of its row, applying would bring it back.
    private static Task<bool> IsBeingDeletedAsync(WorkspaceDb db, string name, CancellationToken cancellationToken) =>
        db.Operations.AnyAsync(
            operation => operation.ServiceName == name
                && operation.EndTime == null
                && operation.OperationType == OperationRow.DeleteType,
            cancellationToken);
}
