using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Operations;

/// <summary>
/// Carries one operation out. Every step may be done twice: after a crash, whoever takes it up begins at the first.
/// </summary>
internal sealed partial class OperationRun(
    IDbContextFactory<WorkspaceDb> databases,
    ServiceApplier applier,
    EndpointTraffic traffic,
    ComputeOperations computes,
    ComputeTargets targets,
    OperationQueue queue,
    OperationMetrics metrics,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<OperationRun> logger)
{
    /// <summary>Returns when its end is recorded; throws <see cref="OperationCanceledException"/> when told to leave it.</summary>
    public async Task RunAsync(OperationRow operation, CancellationToken cancellationToken)
    {
        var (state, error) = await OutcomeAsync(operation, cancellationToken);
        if (!await RecordAsync(operation, state, error, cancellationToken))
        {
            return;
        }

        queue.Wake();
        metrics.Ended(operation.OperationType, state, time.GetUtcNow() - operation.CreatedTime);
        if (operation.OperationType == OperationRow.DetachType)
        {
            // When it failed, the cluster is open again.
            await targets.RefreshAsync(cancellationToken);
        }

        LogEnded(operation.OperationType, operation.ServiceName, operation.Id, state, error?.Message);
    }

    private async Task<(OperationState State, ErrorDocument? Error)> OutcomeAsync(
        OperationRow operation, CancellationToken cancellationToken)
    {
        try
        {
            if (operation.OperationType is OperationRow.AttachType or OperationRow.DetachType)
            {
                await computes.RunAsync(operation, cancellationToken);
                return (OperationState.Succeeded, null);
            }

            if (operation.OperationType == OperationRow.DeleteType)
            {
                await traffic.LeavingAsync(operation.ServiceName, cancellationToken);
                var members = await traffic.MembersAsync(operation.ServiceName, cancellationToken);
                foreach (var service in members.Prepend(operation.ServiceName))
                {
                    await applier.DeleteAsync(service, cancellationToken);
                }

                return (OperationState.Succeeded, null);
            }

            var outcome = await DeployAsync(operation, cancellationToken);
            await traffic.DeployedAsync(operation.ServiceName, outcome.State == OperationState.Succeeded, cancellationToken);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (FairleadException refusal)
        {
            return (OperationState.Failed, refusal.Error);
        }
        catch (Exception exception)
        {
            LogUnexpected(exception, operation.OperationType, operation.ServiceName, operation.Id);
            return (OperationState.Failed, ErrorDocument.Of(
                ErrorCodes.InternalServerError,
                500,
                $"An internal server error occurred. The server's log tells more under '{operation.Id}'. Please try again."));
        }
    }

    private async Task<(OperationState State, ErrorDocument? Error)> DeployAsync(
        OperationRow operation, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.DeploymentTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        IComputeTarget? compute = null;
        try
        {
            compute = await applier.ApplyAsync(operation.ServiceName, limit.Token);
            if (compute is not null)
            {
                await foreach (var status in compute.WatchAsync(operation.ServiceName, limit.Token))
                {
                    if (status.ObservedGeneration >= operation.Generation && status.IsSettled)
                    {
                        return OutcomeOf(status);
                    }
                }
            }

            limit.Token.ThrowIfCancellationRequested();
            return (OperationState.Failed, ErrorDocument.Of(
                ErrorCodes.DeploymentFailed, 400, $"Service '{operation.ServiceName}' was removed while it was deployed."));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (OperationState.TimedOut, TimedOut(compute?.FindStatus(operation.ServiceName)));
        }
    }

    private static (OperationState State, ErrorDocument? Error) OutcomeOf(ScoringServiceStatus status) => status switch
    {
        { State: ServiceState.Healthy, Error: null } => (OperationState.Succeeded, null),
        _ => (OperationState.Failed, status.Error ?? ErrorDocument.Of(
            ErrorCodes.DeploymentFailed, 400, "The deployment failed. The service's logs may tell why.")),
    };

    private ErrorDocument TimedOut(ScoringServiceStatus? status) => new(
        ErrorCodes.DeploymentTimedOut,
        504,
        $"Timed out waiting for the deployment to complete. pollTimeout : {options.Value.DeploymentTimeout:c}. "
        + "See the service's logs: init() may take too long, or wait for something that never comes.",
        [
            .. status?.Error?.Details ?? [],
            .. status?.Activity is { } activity ? [new ErrorDetail(ErrorCodes.DeploymentTimedOut, activity)] : Array.Empty<ErrorDetail>(),
        ]);

    private async Task<bool> RecordAsync(
        OperationRow operation, OperationState state, ErrorDocument? error, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await db.Operations.FindAsync([operation.Id], cancellationToken);
        if (row is not { EndTime: null } || row.LeaseOwner != operation.LeaseOwner)
        {
            // Cancelled meanwhile, what replaced it decides about the service; or another process has taken it over.
            return false;
        }

        queue.End(row, state, error);
        if (operation.OperationType is OperationRow.AttachType or OperationRow.DetachType)
        {
            await ComputeOperations.RecordAsync(db, row, time.GetUtcNow(), cancellationToken);
        }

        var service = await db.Services.FindAsync([operation.ServiceName], cancellationToken);
        if (service is not null && state == OperationState.Succeeded && operation.OperationType == OperationRow.DeleteType)
        {
            db.Services.RemoveRange(db.Services.Where(member => db.EndpointVersions.Any(
                version => version.Endpoint == service.Name && version.Service == member.Name)));
            db.Services.Remove(service);
        }
        else if (service is not null)
        {
            service.ErrorJson = row.ErrorJson;
            service.UpdatedTime = time.GetUtcNow();
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "{OperationType} of {Service} ({Operation}) ended as {State}: {Reason}")]
    private partial void LogEnded(string operationType, string service, string operation, OperationState state, string? reason);

    [LoggerMessage(LogLevel.Error, "{OperationType} of {Service} ({Operation}) failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string operationType, string service, string operation);
}
