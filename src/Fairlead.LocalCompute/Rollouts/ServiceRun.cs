using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Logs;
using Fairlead.LocalCompute.Replicas;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What is known of one service, and what follows from it: who starts, who drains, what is published.</summary>
/// <remarks>Not safe for two threads: every member needs the gate of its <see cref="ServiceReconciler"/>.</remarks>
internal sealed partial class ServiceRun
{
    private readonly LocalComputeOptions _options;
    private readonly ServiceLog _log;
    private readonly ILogger _logger;
    private readonly Func<Revision, Replica> _start;
    private readonly Action<Revision> _prepare;
    private readonly List<(Replica Replica, Revision Revision)> _replicas = [];
    private readonly HashSet<Revision> _revisions = [];
    private ScoringService _service;
    private Revision _current;
    private Revision? _lastGood;
    private int _desired;
    private long _servingGeneration;
    private bool _isSettled;

    /// <param name="service">What is wanted.</param>
    /// <param name="serving">The generation to serve with until <paramref name="service"/> is ready; null for none.</param>
    /// <param name="start">Makes a replica of a prepared revision and starts it.</param>
    /// <param name="prepare">Begins to prepare a revision.</param>
    public ServiceRun(
        ScoringService service, ScoringService? serving, ReconcilerTools tools, Func<Revision, Replica> start, Action<Revision> prepare)
    {
        _options = tools.Replicas.Options;
        _log = tools.Logs.Of(service.Name);
        _logger = tools.Logger;
        _start = start;
        _prepare = prepare;
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
    }

    public RunMode Mode { get; set; }

    public ScoringService Service => _service;

    public IReadOnlyList<Replica> Replicas => [.. _replicas.Select(entry => entry.Replica)];

    /// <summary>Takes a service as it is wanted from now on; only the secret of one that is not newer.</summary>
    public void Adopt(ScoringService service)
    {
        if (service.Generation <= _service.Generation)
        {
            _service = _service with { Secret = service.Secret };
            return;
        }

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

    public void ScaleUp(int replicas)
    {
        if (_service.Spec.IsAutoscaled)
        {
            _desired = Math.Max(_desired, Clamp(_service.Spec, replicas));
        }
    }

    public void RemoveReplica(string replica)
    {
        // Never below the minimum, nor a fixed number: then another replica takes its place, since the caller has given
        // this one up.
        _desired = _service.Spec.IsAutoscaled ? Clamp(_service.Spec, _desired - 1) : _desired;
        _replicas.Where(entry => entry.Replica.Current.Id == replica).ToList().ForEach(entry => entry.Replica.BeginDrain());
    }

    /// <summary>Forgets replicas that have ended; while running, starts and drains as the rollout goes on.</summary>
    /// <returns>The service to remember as good, when its rollout has just ended well; else null.</returns>
    public ScoringService? Step()
    {
        _replicas.RemoveAll(entry => entry.Replica.Current.State == ReplicaState.Stopped);
        if (Mode != RunMode.Running)
        {
            return null;
        }

        if (_service.Spec.Traffic is not null)
        {
            return NoteEndpoint();
        }

        NoteFailures();
        Roll();
        return NoteProgress();
    }

    /// <summary>Revisions that nothing will use again; each is returned once.</summary>
    public IReadOnlyList<Revision> TakeUnused()
    {
        List<Revision> unused = [.. _revisions.Where(revision => revision != _current && revision != _lastGood && !revision.IsPreparing
            && !_replicas.Exists(entry => entry.Revision == revision))];
        unused.ForEach(revision => _revisions.Remove(revision));
        return unused;
    }

    /// <summary>Null when the service is being deleted.</summary>
    public ServiceRoute? BuildRoute() => Mode == RunMode.Deleting ? null : new ServiceRoute
    {
        Service = _service.Name,
        Spec = _service.Spec,
        Secret = _service.Secret,
        DesiredReplicas = _desired,
        Replicas = [.. _replicas.Select(EndpointOf).OfType<ReplicaEndpoint>()],
        Traffic = _service.Spec.Traffic,
    };

    public ScoringServiceStatus BuildStatus() => new ServiceStatusBuilder
    {
        Service = _service,
        Desired = _desired,
        Replicas = [.. _replicas.Select(entry => (entry.Replica.Current, entry.Revision.Latest.Generation))],
        ServingGeneration = _servingGeneration,
        IsSettled = _isSettled,
        Error = _current.Error,
        PreparationActivity = _current.Prepared is null && _service.Spec.Traffic is null ? _current.Activity ?? "Preparing..." : null,
        IsDeleting = Mode == RunMode.Deleting,
    }.Build();

    private static int Clamp(ScoringServiceSpec spec, int replicas) =>
        Math.Clamp(replicas, spec.AutoScaler.MinReplicas, Math.Max(spec.AutoScaler.MinReplicas, spec.AutoScaler.MaxReplicas));

    private static ReplicaEndpoint? EndpointOf((Replica Replica, Revision Revision) entry)
    {
        // Read once: the replica's own task may change it meanwhile.
        var now = entry.Replica.Current;
        return now.Address is null ? null : new ReplicaEndpoint(
            now.Id, now.Address, entry.Revision.Origin.Spec.MaxConcurrentRequestsPerContainer, entry.Replica.IsDraining)
        {
            Start = new ReplicaStart(null, null, now.ListeningAt - now.StartedAt, now.ReadyAt - now.ListeningAt),
        };
    }

    private void NoteFailures()
    {
        if (_current.Error is not null || _current.HasCompleted)
        {
            return;
        }

        foreach (var replica in _replicas.Where(entry => entry.Revision == _current).Select(entry => entry.Replica.Current))
        {
            var failure = replica.LastFailure;
            if (failure is not null && (replica.FailedStarts >= _options.StartAttempts
                || (replica.FailedStarts > 0 && failure.Kind is ReplicaFailureKind.CouldNotStart or ReplicaFailureKind.StartTimedOut)))
            {
                _current.Error = DeploymentErrors.Of(_current.Latest, replica, failure,
                    _log.ReadLast(replica.Id, DeploymentErrors.LogLines), _options.ReplicaStartTimeout);
                _servingGeneration = _lastGood?.Latest.Generation ?? 0;
                LogRolloutFailed(_service.Name, _service.Generation, _current.Error.Message);
                return;
            }
        }
    }

    private void Roll()
    {
        // A generation to go back to runs until the newer one is ready, also right after a start of the server.
        if (_lastGood is not null && _lastGood != _current && _lastGood.Prepared is null)
        {
            Prepare(_lastGood);
        }

        Prepare(_current);
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
            _replicas.Add((_start(target), target));
        }
    }

    // An endpoint runs nothing itself: it is as wanted once its route is published, which this pass does.
    private ScoringService? NoteEndpoint()
    {
        if (_isSettled)
        {
            return null;
        }

        _isSettled = true;
        _servingGeneration = _service.Generation;
        return _service;
    }

    /// <summary>The service to remember as good, when its rollout has just ended; else null.</summary>
    private ScoringService? NoteProgress()
    {
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

    private void Prepare(Revision revision)
    {
        if (revision.Prepared is null && revision.Error is null && !revision.IsPreparing)
        {
            revision.IsPreparing = true;
            _prepare(revision);
        }
    }

    [LoggerMessage(LogLevel.Information, "Service {Service} generation {Generation} is rolled out")]
    private partial void LogSettled(string service, long generation);

    [LoggerMessage(LogLevel.Warning, "The rollout of service {Service} generation {Generation} failed: {Reason}")]
    private partial void LogRolloutFailed(string service, long generation, string reason);
}
