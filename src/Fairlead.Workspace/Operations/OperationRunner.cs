using Fairlead.Contracts.Api;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Operations;

/// <summary>
/// Takes up operations that nobody carries out, holds their leases, and brings every service back to its compute
/// target at start.
/// </summary>
/// <remarks>The loop alone touches the table of runs.</remarks>
internal sealed partial class OperationRunner(
    IDbContextFactory<WorkspaceDb> databases,
    OperationQueue queue,
    OperationRun run,
    ServiceApplier applier,
    ComputeTargets targets,
    Membership membership,
    WorkspaceRole role,
    IHostApplicationLifetime lifetime,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<OperationRunner> logger)
    : BackgroundService
{
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, Running> _running = [];
    private DateTimeOffset _heldUntil = DateTimeOffset.MaxValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Compute targets are hosted services too; all of them have started then.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        var reapplied = Task.CompletedTask;
        var mayReapply = 1;
        membership.Changed += queue.WakeHere;
        membership.Led += () =>
        {
            Interlocked.Exchange(ref mayReapply, 1);
            queue.WakeHere();
        };
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            if (!role.IsShared)
            {
                await ReleaseLeasesAsync(stoppingToken);
            }

            while (true)
            {
                // At the start, and when it takes over from a leader that may have ended half way.
                if (membership.IsLeader && reapplied.IsCompleted && Interlocked.Exchange(ref mayReapply, 0) == 1)
                {
                    reapplied = ReapplyAsync(stoppingToken);
                }

                await TickAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll([reapplied, .. _running.Values.Select(running => running.Task)]);
            await GiveBackAsync();
        }
    }

    // The database belongs to this process, which a lock ensures: leases of an earlier one are void.
    private async Task ReleaseLeasesAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Operations.Where(operation => operation.EndTime == null)
            .ExecuteUpdateAsync(set => set.SetProperty(operation => operation.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
    }

    // An end in order: another process goes on at once, not when the leases have run out.
    private async Task GiveBackAsync()
    {
        if (!role.IsShared)
        {
            return;
        }

        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            await db.Operations.Where(operation => operation.EndTime == null && operation.LeaseOwner == _owner)
                .ExecuteUpdateAsync(set => set.SetProperty(operation => operation.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
            await db.Database.ExecuteSqlRawAsync("NOTIFY " + Membership.Channel, CancellationToken.None);
        }
        catch (Exception exception) when (DatabaseErrors.Describe(exception) is not null)
        {
            LogTickFailed(exception);
        }
    }

    private async Task ReapplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var settled = await db.Services
                .Where(service => !db.Operations.Any(operation => operation.ServiceName == service.Name && operation.EndTime == null))
                .Select(service => new { service.Name, service.ComputeName }).ToListAsync(cancellationToken);

            // A cluster that does not answer must not hold up the others.
            await Task.WhenAll(settled.GroupBy(service => service.ComputeName).Select(
                group => ReapplyAsync(group.Select(service => service.Name), cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task ReapplyAsync(IEnumerable<string> services, CancellationToken cancellationToken)
    {
        foreach (var service in services)
        {
            await ReapplyAsync(service, cancellationToken);
        }
    }

    private async Task ReapplyAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            await applier.ApplyAsync(service, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogReapplyFailed(exception, service);
        }
    }

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        // A database that hangs must not keep it from giving up in time what another has taken over.
        using var deadline = new CancellationTokenSource(
            role.IsShared ? options.Value.OperationLease * 2 / 3 : Timeout.InfiniteTimeSpan, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, deadline.Token);
        var cancellationToken = limit.Token;
        try
        {
            foreach (var done in _running.Where(pair => pair.Value.Task.IsCompleted).ToList())
            {
                _running.Remove(done.Key);
                done.Value.Dispose();
            }

            if (role.IsShared)
            {
                // Another process may have attached a cluster.
                await targets.RefreshAsync(cancellationToken);
            }

            var asked = time.GetUtcNow();
            var claimed = await ClaimAsync(cancellationToken);
            _heldUntil = asked + options.Value.OperationLease;
            foreach (var cancelled in _running.Where(pair => claimed.All(operation => operation.Id != pair.Key)))
            {
                await cancelled.Value.CancelAsync();
            }

            foreach (var operation in claimed.Where(operation => !_running.ContainsKey(operation.Id)))
            {
                var before = _running.Values.Where(other => other.Service == operation.ServiceName).Select(other => other.Task).ToArray();
                var running = new Running(operation.ServiceName, stoppingToken);
                _running.Add(operation.Id, running);
                running.Task = RunAsync(operation, Task.WhenAll(before), running.Token);
            }
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogTickFailed(exception);
            if (role.IsShared && time.GetUtcNow() >= _heldUntil)
            {
                // By now another process has taken them over.
                foreach (var running in _running.Values)
                {
                    await running.CancelAsync();
                }
            }
        }
    }

    // What runs here or nowhere; the claim is renewed with every look.
    private async Task<List<OperationRow>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = await NowAsync(db, cancellationToken);
        var claimed = await db.Operations
            .Where(operation => operation.EndTime == null
                && (operation.LeaseOwner == _owner || operation.LeaseUntil == null || operation.LeaseUntil < now))
            .OrderBy(operation => operation.CreatedTime).ToListAsync(cancellationToken);
        foreach (var operation in claimed)
        {
            operation.LeaseOwner = _owner;
            operation.LeaseUntil = now + options.Value.OperationLease;
            operation.State = OperationState.Running;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    // Where several compare their leases, by one clock.
    private async Task<DateTimeOffset> NowAsync(WorkspaceDb db, CancellationToken cancellationToken) => role.IsShared
        ? DateTimeOffset.UnixEpoch.AddMicroseconds((await db.Database.SqlQueryRaw<long>(
            "SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint AS \"Value\"").ToListAsync(cancellationToken))[0])
        : time.GetUtcNow();

    private async Task RunAsync(OperationRow operation, Task before, CancellationToken cancellationToken)
    {
        try
        {
            // The one it replaced has been cancelled; two must never work on one service.
            await before;
            await run.RunAsync(operation, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // Its end could not be recorded, the disk may be full: the next look takes it up again.
            LogRunFailed(exception, operation.Id);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var signal = queue.Signals.ReadAsync(limit.Token).AsTask();
        await Task.WhenAny(signal, Task.Delay(options.Value.OperationLease / 3, time, limit.Token));
        await limit.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(LogLevel.Error, "Service {Service} could not be brought back to its compute target")]
    private partial void LogReapplyFailed(Exception exception, string service);

    [LoggerMessage(LogLevel.Error, "Operations could not be looked up; trying again")]
    private partial void LogTickFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "Operation {Operation} broke off; trying again")]
    private partial void LogRunFailed(Exception exception, string operation);

    private sealed class Running(string service, CancellationToken stoppingToken) : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);

        public string Service { get; } = service;

        public CancellationToken Token => _cancellation.Token;

        public Task Task { get; set; } = Task.CompletedTask;

        public Task CancelAsync() => _cancellation.CancelAsync();

        public void Dispose() => _cancellation.Dispose();
    }
}
