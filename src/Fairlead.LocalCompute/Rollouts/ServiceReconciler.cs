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
    private readonly List<(Replica Replica, Revision Revision)> _replicas = [];
    private readonly HashSet<Revision> _revisions = [];
    private readonly List<Task> _preparations = [];
    private ScoringService _service;
    private Revision _current;
    private Revision? _lastGood;
    private int _desired;
    private long _servingGeneration;
    private bool _isSettled;
    private Mode _mode;
    private ServiceRoute? _published;
    private Task _loop = Task.CompletedTask;
    private Task? _deletion;

    /// <param name="serving">The generation to serve with until <paramref name="service"/> is ready; null for none.</param>
    public ServiceReconciler(ScoringService service, ScoringService? serving, ReconcilerTools tools)
    {
        _tools = tools;
        _logger = tools.Logger;
        _log = tools.Logs.Of(service.Name);
        _service = service;
        _current = new Revision(service, ProcessKey.Of(service.Spec));
        _desired = service.Spec.InitialReplicas;
        _revisions.Add(_current);
        if (serving is not null && ProcessKey.Of(serving.Spec) is var key && key != _current.Key)
        {
            // Its rollout once ended well, so a crash of it now is no reason to give it up.
            _lastGood = new Revision(serving, key) { HasCompleted = true };
            _revisions.Add(_lastGood);
        }

        Status = new StatusFeed(BuildStatus_NeedsLock());
    }

    private enum Mode
    {
        Running,
        Stopping,
        Deleting,
        Abandoned,
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
                return _service;
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
            if (service.Generation <= _service.Generation)
            {
                _service = _service with { Secret = service.Secret };
            }
            else
            {
                Adopt_NeedsLock(service);
                Status.Publish(BuildStatus_NeedsLock());
            }
        }

        return RingAsync(cancellationToken);
    }

    public Task ScaleUpAsync(int replicas, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_service.Spec.IsAutoscaled)
            {
                _desired = Math.Max(_desired, Clamp(_service.Spec, replicas));
            }
        }

        return RingAsync(cancellationToken);
    }

    public Task RemoveReplicaAsync(string replica, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Never below the minimum, nor a fixed number: then another replica takes its place, since the caller has
            // given this one up.
            _desired = _service.Spec.IsAutoscaled ? Clamp(_service.Spec, _desired - 1) : _desired;
            foreach (var entry in _replicas.Where(entry => entry.Replica.Current.Id == replica))
            {
                entry.Replica.BeginDrain();
            }
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
        var replicas = await BeginEndAsync(Mode.Stopping);
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
            _mode = Mode.Abandoned;
            _replicas.ForEach(entry => entry.Replica.Abandon());
        }

        await EndLoopAsync();
    }

    private static int Clamp(ScoringServiceSpec spec, int replicas) =>
        Math.Clamp(replicas, spec.AutoScaler.MinReplicas, Math.Max(spec.AutoScaler.MinReplicas, spec.AutoScaler.MaxReplicas));

    private async Task RingAsync(CancellationToken cancellationToken)
    {
        var pass = _signal.Ring();
        await Task.WhenAny(pass, _loop).WaitAsync(cancellationToken);
    }

    private void Adopt_NeedsLock(ScoringService service)
    {
        var key = ProcessKey.Of(service.Spec);
        _service = service;
        _isSettled = false;
        _desired = service.Spec.IsAutoscaled ? Clamp(service.Spec, _desired) : service.Spec.InitialReplicas;
        if (_current.Key == key && _current.Error is null)
        {
            _current.Latest = service;
        }
        else if (_lastGood?.Key == key && _lastGood.Error is null)
        {
            // Back to what serves: nothing has to be started.
            _current = _lastGood;
            _current.Latest = service;
        }
        else
        {
            _current = new Revision(service, key);
            _revisions.Add(_current);
        }

        if (_current.HasServed)
        {
            _servingGeneration = service.Generation;
        }
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
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk, say: what runs goes on, and the next change tries again.
                LogPassFailed(_service.Name, exception);
            }

            done.SetResult();
        }
    }

    private void Pass()
    {
        var draining = new List<Replica>();
        ServiceRoute? route;
        ScoringService? completed;
        lock (_gate)
        {
            _replicas.RemoveAll(entry => entry.Replica.Current.State == ReplicaState.Stopped);
            if (_mode == Mode.Running)
            {
                NoteFailures_NeedsLock();
                Roll_NeedsLock();
            }

            completed = NoteProgress_NeedsLock();
            draining.AddRange(_replicas.Where(entry => entry.Replica.IsDraining).Select(entry => entry.Replica));
            route = BuildRoute_NeedsLock();
        }

        Publish(route);

        // Only now: observers have returned, so no new request reaches these.
        draining.ForEach(replica => replica.Stop());
        lock (_gate)
        {
            Status.Publish(BuildStatus_NeedsLock());
        }

        if (completed is not null)
        {
            _tools.Store.SaveServing(completed);
        }

        CollectFolders();
    }

    private void Publish(ServiceRoute? route)
    {
        if (route is null)
        {
            _tools.Directory.Remove(_service.Name);
        }
        else if (_published is null || !IsSame(_published, route))
        {
            _tools.Directory.Publish(route);
        }

        _published = route;
    }

    private static bool IsSame(ServiceRoute left, ServiceRoute right) =>
        ReferenceEquals(left.Spec, right.Spec) && ReferenceEquals(left.Secret, right.Secret)
        && left.DesiredReplicas == right.DesiredReplicas && left.Replicas.SequenceEqual(right.Replicas);

    private void NoteFailures_NeedsLock()
    {
        if (_current.Error is not null || _current.HasCompleted)
        {
            return;
        }

        foreach (var replica in _replicas.Where(entry => entry.Revision == _current).Select(entry => entry.Replica.Current))
        {
            var failure = replica.LastFailure;
            if (failure is not null && (replica.FailedStarts >= _tools.Replicas.Options.StartAttempts
                || (replica.FailedStarts > 0 && failure.Kind is ReplicaFailureKind.CouldNotStart or ReplicaFailureKind.StartTimedOut)))
            {
                _current.Error = DeploymentErrors.Of(_current.Latest, replica, failure,
                    _log.ReadLast(replica.Id, DeploymentErrors.LogLines), _tools.Replicas.Options.ReplicaStartTimeout);
                _servingGeneration = _lastGood?.Latest.Generation ?? 0;
                LogRolloutFailed(_service.Name, _service.Generation, _current.Error.Message);
                return;
            }
        }
    }

    private void Roll_NeedsLock()
    {
        // A generation to go back to runs until the newer one is ready, also right after a start of the server.
        if (_lastGood is not null && _lastGood != _current && _lastGood.Prepared is null)
        {
            Prepare_NeedsLock(_lastGood);
        }

        Prepare_NeedsLock(_current);
        var target = _current.Error is null ? _current : _lastGood;
        if (target is null)
        {
            _replicas.ForEach(entry => entry.Replica.BeginDrain());
            return;
        }

        if (target.Prepared is null)
        {
            if (target.Error is not null || _lastGood?.Prepared is null)
            {
                return;
            }

            target = _lastGood;
        }

        var views = _replicas.Where(entry => !entry.Replica.IsDraining).Select(entry => new ReplicaView(
            entry.Replica.Current.Id, entry.Revision == target, entry.Replica.Current.State == ReplicaState.Ready)).ToList();
        var plan = RolloutPlanner.Plan(_desired, _service.Spec.Rollout, views);
        foreach (var entry in _replicas.Where(entry => plan.Drain.Contains(entry.Replica.Current.Id)))
        {
            entry.Replica.BeginDrain();
        }

        for (var count = 0; count < plan.Start; count++)
        {
            StartReplica_NeedsLock(target);
        }
    }

    private void StartReplica_NeedsLock(Revision revision)
    {
        var id = ReplicaIds.Next(revision.Origin);
        var replica = new Replica(
            id, revision.Origin, revision.Prepared!, () => Wanted.Spec.LivenessProbe, _log, _tools.Replicas, () => _ = _signal.Ring());
        _replicas.Add((replica, revision));
        replica.Start();
    }

    /// <summary>The service to remember as good, when its rollout has just ended; else null.</summary>
    private ScoringService? NoteProgress_NeedsLock()
    {
        if (_mode != Mode.Running)
        {
            return null;
        }

        var live = _replicas.Where(entry => !entry.Replica.IsDraining).ToList();
        var ready = live.Where(entry => entry.Replica.Current.State == ReplicaState.Ready).ToList();
        foreach (var revision in ready.Select(entry => entry.Revision).Where(revision => revision.Error is null).Distinct())
        {
            revision.HasServed = true;
            _servingGeneration = Math.Max(_servingGeneration, revision.Latest.Generation);
        }

        var wanted = Math.Min(_desired, Math.Max(_service.Spec.InitialReplicas, 1));
        if (_isSettled || _current.Error is not null || _current.Prepared is null
            || ready.Count(entry => entry.Revision == _current) < wanted || live.Exists(entry => entry.Revision != _current))
        {
            return null;
        }

        _isSettled = true;
        _current.HasCompleted = true;
        _current.HasServed = true;
        _servingGeneration = _service.Generation;
        _lastGood = _current;
        LogSettled(_service.Name, _service.Generation);
        return _service;
    }

    private ServiceRoute? BuildRoute_NeedsLock() => _mode == Mode.Deleting ? null : new ServiceRoute
    {
        Service = _service.Name,
        Spec = _service.Spec,
        Secret = _service.Secret,
        DesiredReplicas = _desired,
        Replicas = [.. _replicas.Where(entry => entry.Replica.Current.Address is not null).Select(entry => new ReplicaEndpoint(
            entry.Replica.Current.Id, entry.Replica.Current.Address!,
            entry.Revision.Origin.Spec.MaxConcurrentRequestsPerContainer, entry.Replica.IsDraining))],
    };

    private ScoringServiceStatus BuildStatus_NeedsLock() => new ServiceStatusBuilder
    {
        Service = _service,
        Desired = _desired,
        Replicas = [.. _replicas.Select(entry => (entry.Replica.Current, entry.Revision.Latest.Generation))],
        ServingGeneration = _servingGeneration,
        IsSettled = _isSettled,
        Error = _current.Error,
        PreparationActivity = _current.Prepared is null ? _current.Activity ?? "Preparing..." : null,
        IsDeleting = _mode == Mode.Deleting,
    }.Build();

    private void Prepare_NeedsLock(Revision revision)
    {
        if (revision.Prepared is null && revision.Error is null && !revision.IsPreparing)
        {
            revision.IsPreparing = true;
            _preparations.RemoveAll(preparation => preparation.IsCompleted);
            _preparations.Add(Task.Run(() => PrepareAsync(revision)));
        }
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
            Status.Publish(BuildStatus_NeedsLock());
        }
    }

    /// <summary>Working folders go when no generation that may still be wanted, and no replica, uses them.</summary>
    private void CollectFolders()
    {
        List<Revision> unused;
        lock (_gate)
        {
            unused = [.. _revisions.Where(revision => revision != _current && revision != _lastGood && !revision.IsPreparing
                && !_replicas.Exists(entry => entry.Revision == revision))];
            unused.ForEach(revision => _revisions.Remove(revision));
        }

        unused.ForEach(revision => AppFolderBuilder.DeleteFolder(
            _tools.Replicas.Paths.AppFolder(revision.Origin.Name, revision.Origin.Generation)));
    }

    private async Task DeleteOnceAsync()
    {
        // Withdrawn, then forgotten durably, then ended: a server that dies meanwhile does not bring it back.
        var replicas = await BeginEndAsync(Mode.Deleting);
        _tools.Store.Delete(_service.Name);
        await Task.WhenAll(replicas.Select(replica => replica.Completion));
        await EndLoopAsync();
        AppFolderBuilder.DeleteFolder(_tools.Replicas.Paths.AppsOf(_service.Name));
        Status.End();
    }

    /// <summary>Ends when all replicas are withdrawn and told to stop; none is started any more.</summary>
    private async Task<List<Replica>> BeginEndAsync(Mode mode)
    {
        List<Replica> replicas;
        lock (_gate)
        {
            _mode = mode;
            replicas = [.. _replicas.Select(entry => entry.Replica)];
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

    [LoggerMessage(LogLevel.Information, "Service {Service} generation {Generation} is rolled out")]
    private partial void LogSettled(string service, long generation);

    [LoggerMessage(LogLevel.Warning, "The rollout of service {Service} generation {Generation} failed: {Reason}")]
    private partial void LogRolloutFailed(string service, long generation, string reason);

    [LoggerMessage(LogLevel.Error, "The preparation of service {Service} generation {Generation} failed unexpectedly")]
    private partial void LogPreparationFailed(string service, long generation, Exception exception);

    [LoggerMessage(LogLevel.Error, "A pass over service {Service} failed; the next change tries again")]
    private partial void LogPassFailed(string service, Exception exception);
}
