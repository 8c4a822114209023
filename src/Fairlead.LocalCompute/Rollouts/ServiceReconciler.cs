using System.Diagnostics.CodeAnalysis;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Logs;
using Fairlead.LocalCompute.Materialising;
using Fairlead.LocalCompute.Publishing;
using Fairlead.LocalCompute.Replicas;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>Brings one service to its wanted state and keeps it there.</summary>
/// <remarks>
/// Commands change what is wanted, under the gate, and ring; only the loop starts and ends replicas and publishes, so
/// that routes appear in the order of what happened. A pass never waits for anything slow.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing to release.")]
internal sealed partial class ServiceReconciler
{
    private readonly ReconcilerTools _tools;
    private readonly ILogger _logger;
    private readonly ServiceLog _log;
    private readonly Lock _gate = new();
    private readonly PassSignal _signal = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _preparations = [];
    private readonly ServiceRun _run;
    private readonly string _name;
    private ScoringService? _unsaved;
    private Task _loop = Task.CompletedTask;
    private Task? _deletion;

    public ServiceReconciler(ScoringService service, ScoringService? serving, ReconcilerTools tools)
    {
        _tools = tools;
        _logger = tools.Logger;
        _log = tools.Logs.Of(service.Name);
        _name = service.Name;
        _run = new ServiceRun(service, serving, tools, StartReplica, BeginPrepare);
        Status = new StatusFeed(_run.BuildStatus());
    }

    public StatusFeed Status { get; }

    public bool IsDeleting
    {
        get
        {
            lock (_gate)
            {
                return _deletion is not null;
            }
        }
    }

    /// <summary>The service as it is wanted now.</summary>
    public ScoringService Wanted
    {
        get
        {
            lock (_gate)
            {
                return _run.Service;
            }
        }
    }

    public void Start()
    {
        _loop = Task.Run(LoopAsync);
        _ = _signal.Ring();
    }

    /// <summary>Takes a newer generation, or only its secret. Ends when the new route is published.</summary>
    public Task ApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _run.Adopt(service);

            // Who asks right after this call must not see the generation before as settled.
            Status.Publish(_run.BuildStatus());
        }

        return RingAsync(cancellationToken);
    }

    public Task ScaleUpAsync(int replicas, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _run.ScaleUp(replicas);
        }

        return RingAsync(cancellationToken);
    }

    public Task RemoveReplicaAsync(string replica, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _run.RemoveReplica(replica);
        }

        return RingAsync(cancellationToken);
    }

    /// <summary>Withdraws the service, lets its replicas finish and end, removes its working folders.</summary>
    public Task DeleteAsync()
    {
        lock (_gate)
        {
            return _deletion ??= Task.Run(DeleteOnceAsync);
        }
    }

    /// <summary>Ends all replicas; what is wanted stays. When cancelled, they are killed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var replicas = await BeginEndAsync(RunMode.Stopping);
        var ended = Task.WhenAll(replicas.Select(replica => replica.Completion));
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            replicas.ForEach(replica => replica.Kill());
            await ended;
        }

        await EndLoopAsync();
    }

    /// <summary>Stops working and leaves everything as it is, as a server that is killed does.</summary>
    internal async Task AbandonAsync()
    {
        lock (_gate)
        {
            _run.Mode = RunMode.Abandoned;
            _run.Replicas.ToList().ForEach(replica => replica.Abandon());
        }

        await EndLoopAsync();
    }

    private async Task RingAsync(CancellationToken cancellationToken)
    {
        var pass = _signal.Ring();
        await Task.WhenAny(pass, _loop).WaitAsync(cancellationToken);
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            TaskCompletionSource done;
            try
            {
                done = await _signal.NextAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                Pass();
            }
            catch (Exception exception)
            {
                // A full disk, say: what runs goes on, and the next change tries again. Nothing may end this loop.
                LogPassFailed(_name, exception);
            }

            done.SetResult();
        }
    }

    private void Pass()
    {
        List<Replica> draining;
        ServiceRoute? route;
        ScoringService? completed;
        lock (_gate)
        {
            completed = _run.Step();
            draining = [.. _run.Replicas.Where(replica => replica.IsDraining)];
            route = _run.BuildRoute();
        }

        Publish(route);

        // Only now: observers have returned, so no new request reaches these.
        draining.ForEach(replica => replica.Stop());
        lock (_gate)
        {
            Status.Publish(_run.BuildStatus());
        }

        _unsaved = completed ?? _unsaved;
        if (_unsaved is not null)
        {
            _tools.Store.SaveServing(_unsaved);
            _unsaved = null;
        }

        CollectFolders();
    }

    private void Publish(ServiceRoute? route)
    {
        if (route is null)
        {
            _tools.Directory.Remove(_name);
        }
        else
        {
            _tools.Directory.Publish(route);
        }
    }

    private Replica StartReplica(Revision revision)
    {
        var replica = new Replica(
            ReplicaIds.Next(revision.Origin), revision.Origin, revision.Prepared!, () => Wanted.Spec.LivenessProbe, _log,
            _tools.Replicas, () => _ = _signal.Ring());
        replica.Start();
        return replica;
    }

    // Called under the gate.
    private void BeginPrepare(Revision revision)
    {
        _preparations.RemoveAll(preparation => preparation.IsCompleted);
        _preparations.Add(Task.Run(() => PrepareAsync(revision)));
    }

    private async Task PrepareAsync(Revision revision)
    {
        var service = revision.Origin;
        var id = ReplicaIds.OfInit(service);
        PreparedApp? prepared = null;
        ErrorDocument? error = null;
        try
        {
            prepared = await _tools.Preparer.PrepareAsync(
                service, revision.Key, text => SetActivity(revision, text), line => _log.Append(id, line), _stopping.Token);
        }
        catch (FairleadException exception)
        {
            error = exception.Error;
            _log.Append(id, error.Message);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // Whatever it is, the rollout ends with an answer and not in silence.
            LogPreparationFailed(service.Name, service.Generation, exception);
            error = DeploymentErrors.Unexpected(service.Name);
        }
        finally
        {
            _log.Close(id);
        }

        lock (_gate)
        {
            (revision.IsPreparing, revision.Prepared, revision.Error, revision.Activity) = (false, prepared, error, null);
        }

        _ = _signal.Ring();
    }

    private void SetActivity(Revision revision, string text)
    {
        lock (_gate)
        {
            revision.Activity = text;
            Status.Publish(_run.BuildStatus());
        }
    }

    /// <summary>Working folders go when no generation that may still be wanted, and no replica, uses them.</summary>
    private void CollectFolders()
    {
        IReadOnlyList<Revision> unused;
        lock (_gate)
        {
            unused = _run.TakeUnused();
        }

        foreach (var revision in unused)
        {
            AppFolderBuilder.DeleteFolder(_tools.Replicas.Paths.AppFolder(_name, revision.Origin.Generation));
        }
    }

    private async Task DeleteOnceAsync()
    {
        // Withdrawn, then forgotten durably, then ended: a server that dies meanwhile does not bring it back.
        var replicas = await BeginEndAsync(RunMode.Deleting);
        _tools.Store.Delete(_name);
        await Task.WhenAll(replicas.Select(replica => replica.Completion));
        await EndLoopAsync();
        AppFolderBuilder.DeleteFolder(_tools.Replicas.Paths.AppsOf(_name));
        Status.End();
    }

    /// <summary>Ends when all replicas are withdrawn and told to stop; none is started any more.</summary>
    private async Task<List<Replica>> BeginEndAsync(RunMode mode)
    {
        List<Replica> replicas;
        lock (_gate)
        {
            _run.Mode = mode;
            replicas = [.. _run.Replicas];
            replicas.ForEach(replica => replica.BeginDrain());
        }

        await RingAsync(CancellationToken.None);
        return replicas;
    }

    private async Task EndLoopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        Task[] preparations;
        lock (_gate)
        {
            preparations = [.. _preparations];
        }

        await Task.WhenAll(preparations);
    }

    [LoggerMessage(LogLevel.Error, "The preparation of service {Service} generation {Generation} failed unexpectedly")]
    private partial void LogPreparationFailed(string service, long generation, Exception exception);

    [LoggerMessage(LogLevel.Error, "A pass over service {Service} failed; the next change tries again")]
    private partial void LogPassFailed(string service, Exception exception);
}
