using System.Threading.Channels;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Operations;

/// <summary>Writes operations into a transaction, and tells the runner when that has been committed.</summary>
internal sealed class OperationQueue(TimeProvider time, Membership membership)
{
    // Holds one signal: the runner reads everything that is new with each.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<bool> Signals => _signals.Reader;

    /// <summary>Something was committed: here, and for those who share the workspace.</summary>
    public void Wake()
    {
        WakeHere();
        membership.Tell();
    }

    public void WakeHere() => _signals.Writer.TryWrite(true);

    /// <summary>Adds an operation as the newest of its service; one that has succeeded already has nothing to do.</summary>
    public void Add(WorkspaceDb db, ServiceRow service, string type, OperationState state)
    {
        var now = time.GetUtcNow();
        var isDone = state == OperationState.Succeeded;
        var operation = new OperationRow
        {
            Id = Guid.NewGuid().ToString("N"),
            OperationType = type,
            ServiceName = service.Name,
            Generation = service.Generation,
            State = state,
            CreatedTime = now,
            EndTime = isDone ? now : null,
        };
        db.Operations.Add(operation);
        service.OperationId = operation.Id;
        service.UpdatedTime = now;
        if (service.CreatedTime == default)
        {
            service.CreatedTime = now;
        }

        if (!isDone)
        {
            service.ErrorJson = null;
        }
    }

    /// <summary>Adds an operation as the newest of its compute target.</summary>
    public void Add(WorkspaceDb db, ComputeRow compute, string type)
    {
        var now = time.GetUtcNow();
        var operation = new OperationRow
        {
            Id = Guid.NewGuid().ToString("N"),
            OperationType = type,
            ServiceName = compute.Subject,
            State = OperationState.NotStarted,
            CreatedTime = now,
        };
        db.Operations.Add(operation);
        compute.OperationId = operation.Id;
        compute.UpdatedTime = now;
        compute.Activity = null;
        compute.ErrorJson = null;
        if (compute.CreatedTime == default)
        {
            compute.CreatedTime = now;
        }
    }

    public static Task<OperationRow?> FindRunningAsync(WorkspaceDb db, ServiceRow service, CancellationToken cancellationToken) =>
        db.Operations.FirstOrDefaultAsync(
            operation => operation.ServiceName == service.Name && operation.EndTime == null, cancellationToken);

    /// <exception cref="FairleadException">409 <c>ServiceBusy</c>.</exception>
    public static async Task RefuseBusyAsync(WorkspaceDb db, ServiceRow service, CancellationToken cancellationToken)
    {
        if (await FindRunningAsync(db, service, cancellationToken) is { } running)
        {
            throw ServiceErrors.Busy(service.Name, running.Id);
        }
    }

    /// <summary>Makes room for the deletion of a service: with force, what runs on it is cancelled.</summary>
    /// <returns>The deletion that runs already; null when one may be added.</returns>
    /// <exception cref="FairleadException">409 <c>ServiceBusy</c>.</exception>
    public async Task<OperationRow?> PrepareDeletionAsync(WorkspaceDb db, ServiceRow service, bool force, CancellationToken cancellationToken)
    {
        var running = await FindRunningAsync(db, service, cancellationToken);
        if (running is null or { OperationType: OperationRow.DeleteType })
        {
            return running;
        }

        if (!force)
        {
            throw ServiceErrors.BusyDeleting(service.Name, running.Id);
        }

        // Before the new one is added: only one may run for a service.
        End(running, OperationState.Cancelled, null);
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    public void End(OperationRow operation, OperationState state, ErrorDocument? error)
    {
        operation.State = state;
        operation.EndTime = time.GetUtcNow();
        operation.ErrorJson = error is null ? null : Json.Write(error, ContractsJson.Default.ErrorDocument);
        operation.LeaseOwner = null;
        operation.LeaseUntil = null;
    }
}
