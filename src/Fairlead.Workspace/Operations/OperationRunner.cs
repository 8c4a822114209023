using Fairlead.Contracts.Api;
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
    IHostApplicationLifetime lifetime,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<OperationRunner> logger)
    : BackgroundService
{
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, Running> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Compute targets are hosted services too; all of them have started then.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        var reapplied = Task.CompletedTask;
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            await ReleaseLeasesAsync(stoppingToken);
            reapplied = ReapplyAsync(stoppingToken);
            while (true)
            {
                await TickAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll([reapplied, .. _running.Values.Select(running => running.Task)]);
        }
    }

    // SQLite belongs to one process, which the host's lock of the folder ensures: leases of an earlier one are void.
    private async Task ReleaseLeasesAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Operations.Where(operation => operation.EndTime == null)
            .ExecuteUpdateAsync(set => set.SetProperty(operation => operation.LeaseUntil, (DateTimeOffset?)null), cancellationToken);
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

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var done in _running.Where(pair => pair.Value.Task.IsCompleted).ToList())
            {
                _running.Remove(done.Key);
                done.Value.Dispose();
            }

            var claimed = await ClaimAsync(cancellationToken);
            foreach (var cancelled in _running.Where(pair => claimed.All(operation => operation.Id != pair.Key)))
            {
                await cancelled.Value.CancelAsync();
            }

            foreach (var operation in claimed.Where(operation => !_running.ContainsKey(operation.Id)))
            {
                var before = _running.Values.Where(other => other.Service == operation.ServiceName).Select(other => other.Task).ToArray();
                var running = new Running(operation.ServiceName, cancellationToken);
                _running.Add(operation.Id, running);
                running.Task = RunAsync(operation, Task.WhenAll(before), running.Token);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogTickFailed(exception);
        }
    }

    // What runs here or nowhere; the claim is renewed with every look.
    private async Task<List<OperationRow>> ClaimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
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
