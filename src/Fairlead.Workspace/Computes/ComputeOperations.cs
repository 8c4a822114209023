using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Computes;

/// <summary>Carries out what attaches and detaches clusters. Every step may be done twice.</summary>
internal sealed class ComputeOperations(
    IDbContextFactory<WorkspaceDb> databases, ComputeSecrets secrets, ComputeTargets targets, IClusterConnector? connector = null)
{
    public async Task RunAsync(OperationRow operation, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Computes.FirstOrDefaultAsync(compute => compute.OperationId == operation.Id, cancellationToken);
        if (row is null || connector is null)
        {
            return;
        }

        var attachment = secrets.AttachmentOf(row);
        if (operation.OperationType == OperationRow.DetachType)
        {
            // Nobody deploys there any more.
            await targets.RefreshAsync(cancellationToken);
            await connector.UninstallAsync(attachment, ProgressAsync, cancellationToken);
            return;
        }

        await ProgressAsync("Checking the cluster, also from a pod inside...");
        var report = await connector.CheckAsync(attachment, new PreflightOptions(), cancellationToken);
        if (report.Failures.Any())
        {
            throw ComputeErrors.Preflight(report);
        }

        var facts = await connector.InstallAsync(attachment, ProgressAsync, cancellationToken);
        row.FactsJson = Json.Write(facts, ContractsJson.Default.ClusterFacts);
        await db.SaveChangesAsync(cancellationToken);

        // Before anyone hears that it is attached: the next request may be a deployment.
        await targets.RefreshAsync(cancellationToken);

        async Task ProgressAsync(string activity)
        {
            if (row.Activity != activity)
            {
                row.Activity = activity;
                await db.SaveChangesAsync(cancellationToken);
            }
        }
    }

    /// <summary>What the end of an operation means for its compute target; saved by the caller.</summary>
    public static async Task RecordAsync(WorkspaceDb db, OperationRow operation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await db.Computes.FirstOrDefaultAsync(compute => compute.OperationId == operation.Id, cancellationToken);
        if (row is null)
        {
            return;
        }

        if (operation is { OperationType: OperationRow.DetachType, State: OperationState.Succeeded })
        {
            db.Computes.Remove(row);
            return;
        }

        row.State = operation.State == OperationState.Succeeded ? ProvisioningState.Succeeded : ProvisioningState.Failed;
        row.ErrorJson = operation.ErrorJson;
        row.Activity = null;
        row.UpdatedTime = now;
    }
}
