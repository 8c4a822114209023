using System.Collections.Concurrent;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Services;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Operations;

/// <summary>
/// Carries out operations. Each is a row with a lease; every step can be done twice, so one that a crash cut off is
/// simply done again, by this process after a restart or by another once the lease has run out.
/// </summary>
internal sealed partial class OperationRunner(
    IDbContextFactory<WorkspaceDb> databases, OperationQueue queue, ServiceRegistry services, ComputeTargets computes,
    IOptions<WorkspaceOptions> options, TimeProvider time, ILogger<OperationRunner> logger) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);

    private readonly string _owner = Guid.NewGuid().ToString();
    private readonly ConcurrentDictionary<string, Task> _running = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReapplyAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal, time);
            var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            var wake = queue.WaitAsync(stoppingToken).AsTask();
            while (true)
            {
                await ClaimAsync(stoppingToken);
                var first = await Task.WhenAny(tick, wake);
                await first;
                if (first == tick)
                {
                    await RenewAsync(stoppingToken);
                    tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                }
                else
                {
                    wake = queue.WaitAsync(stoppingToken).AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values);
        }
    }

    /// <summary>
    /// Says again what is wanted, so that a compute target that lost something has it back. Operations of an earlier
    /// life of this store are free to be claimed: its folder is locked, so nobody else carries them out.
    /// </summary>
    private async Task ReapplyAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Operations.Where(operation => operation.EndTime == null)
            .ExecuteUpdateAsync(set => set.SetProperty(operation => operation.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
        var busy = await db.Operations.AsNoTracking().Where(operation => operation.EndTime == null)
            .Select(operation => operation.Service).ToListAsync(cancellationToken);
        foreach (var row in await db.Services.AsNoTracking().ToListAsync(cancellationToken))
        {
            if (!busy.Contains(row.Name) && computes.Find(row.ComputeName) is { } compute)
            {
                await compute.ApplyAsync(services.ToScoringService(row), cancellationToken);
            }
        }
    }

    private async Task ClaimAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(stoppingToken);
        var free = await db.Operations.AsNoTracking()
            .Where(operation => operation.EndTime == null && (operation.LeaseUntil == null || operation.LeaseUntil < now))
            .OrderBy(operation => operation.CreatedTime).ToListAsync(stoppingToken);
        foreach (var operation in free)
        {
            var claimed = await db.Operations
                .Where(row => row.Id == operation.Id && row.EndTime == null && (row.LeaseUntil == null || row.LeaseUntil < now))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.LeaseOwner, _owner)
                        .SetProperty(row => row.LeaseUntil, (DateTimeOffset?)(now + Lease))
                        .SetProperty(row => row.State, OperationState.Running),
                    stoppingToken);
            if (claimed == 1)
            {
                _running[operation.Id] = RunAsync(operation, stoppingToken);
            }
        }
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        await using var db = await databases.CreateDbContextAsync(stoppingToken);
        var until = time.GetUtcNow() + Lease;
        await db.Operations.Where(operation => operation.LeaseOwner == _owner && operation.EndTime == null)
            .ExecuteUpdateAsync(set => set.SetProperty(operation => operation.LeaseUntil, (DateTimeOffset?)until), stoppingToken);
    }

    private async Task RunAsync(OperationRow operation, CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            var (state, error) = operation.Kind == OperationKind.Delete
                ? await DeleteAsync(operation, stoppingToken)
                : await DeployAsync(operation, stoppingToken);
            await EndAsync(operation, state, error);
            LogEnded(operation.Kind, operation.Service, state, error?.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Goes on at the next start.
        }
        catch (FairleadException exception)
        {
            await EndAsync(operation, OperationState.Failed, exception.Error);
        }
        catch (Exception exception)
        {
            LogDefect(operation.Id, operation.Service, exception);
            await EndAsync(operation, OperationState.Failed, ErrorDocument.Of(
                ErrorCodes.InternalServerError, 500,
                $"An internal server error occurred. The server's log has the details under operation {operation.Id}."));
        }
        finally
        {
            _running.TryRemove(operation.Id, out _);
        }
    }

    private async Task<(OperationState, ErrorDocument?)> DeployAsync(OperationRow operation, CancellationToken stoppingToken)
    {
        var row = await services.GetAsync(operation.Service, stoppingToken);
        var compute = computes.Get(row.ComputeName);
        using var limit = new CancellationTokenSource(options.Value.DeploymentTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
        await compute.ApplyAsync(services.ToScoringService(row), either.Token);
        try
        {
            await foreach (var status in compute.WatchAsync(row.Name, either.Token))
            {
                if (status.ObservedGeneration >= row.Generation && status.IsSettled)
                {
                    return status.Error is null ? (OperationState.Succeeded, null) : (OperationState.Failed, status.Error);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (OperationState.TimedOut, TimedOut(row, compute));
        }

        return (OperationState.Cancelled, ErrorDocument.Of(
            ErrorCodes.ServiceNotFound, 404, $"Service '{row.Name}' was removed while it was deployed."));
    }

    private async Task<(OperationState, ErrorDocument?)> DeleteAsync(OperationRow operation, CancellationToken stoppingToken)
    {
        await using var db = await databases.CreateDbContextAsync(stoppingToken);
        if (await db.Services.FindAsync([operation.Service], stoppingToken) is { } row)
        {
            await computes.Get(row.ComputeName).DeleteAsync(row.Name, stoppingToken);
            db.Services.Remove(row);
            await db.SaveChangesAsync(stoppingToken);
        }

        return (OperationState.Succeeded, null);
    }

    private async Task EndAsync(OperationRow operation, OperationState state, ErrorDocument? error)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        if (await db.Operations.FindAsync(operation.Id) is { } row)
        {
            row.State = state;
            row.Error = error;
            row.EndTime = time.GetUtcNow();
            row.LeaseOwner = null;
            row.LeaseUntil = null;
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    private ErrorDocument TimedOut(ServiceRow row, IComputeTarget compute)
    {
        var status = compute.FindStatus(row.Name);
        return new ErrorDocument(
            ErrorCodes.DeploymentTimedOut, 504,
            $"Timed out waiting for the deployment to complete after {options.Value.DeploymentTimeout:c}; last seen: "
            + $"{status?.Activity ?? status?.State.ToString() ?? "nothing"}. It may still become ready; "
            + $"'fairlead service show -n {row.Name}' tells.",
            [.. (status?.Replicas ?? []).Where(replica => replica.Reason is not null)
                .Select(replica => new ErrorDetail(replica.State.ToString(), replica.Reason!, replica.Id))]);
    }

    [LoggerMessage(LogLevel.Information, "{Operation} of service {Service} ended: {State} {Error}")]
    private partial void LogEnded(OperationKind operation, string service, OperationState state, string? error);

    [LoggerMessage(LogLevel.Error, "Operation {OperationId} on service {Service} failed unexpectedly")]
    private partial void LogDefect(string operationId, string service, Exception exception);
}
