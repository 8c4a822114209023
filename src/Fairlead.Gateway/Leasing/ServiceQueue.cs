using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>The one queue of a service and the leases on its replicas: no replica ever gets more requests than its
/// limit, and no request waits while a replica is free.</summary>
/// <remarks>Any thread may call. Everything happens under one short lock, and nothing is called back under it. A grant
/// without waiting allocates nothing; those who wait use pooled waiters. <c>queued</c> is called each time a request had
/// to wait, outside of the lock.</remarks>
internal sealed partial class ServiceQueue : ILeaseSource, IDisposable
{
    private const int MaxPooledWaiters = 256;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private Action _queued;
    private readonly ITimer _timer;
    private readonly ReplicaSet _replicas = new();
    private readonly LeaseTable _leases = new();
    private readonly WaiterList _waiters = new();
    private readonly Stack<LocalWaiter> _pool = new();
    private QueueSettings _settings;
    private long _lastSequence;
    private long _lastToken;
    private long _armedFor = long.MaxValue;
    private bool _closed;

    public ServiceQueue(QueueSettings settings, TimeProvider time, Action queued)
    {
        _settings = settings;
        _time = time;
        _queued = queued;
        _timer = time.CreateTimer(
            static state => ((ServiceQueue)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ValueTask<LeaseResult> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        LocalWaiter waiter;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var ticket = request.Ticket ?? new LeaseTicket(++_lastSequence, now);
            if (_closed || cancellationToken.IsCancellationRequested)
            {
                var why = _closed ? LeaseOutcome.ServiceRemoved : LeaseOutcome.Cancelled;
                return new(new LeaseResult(why, default, ticket, TimeSpan.Zero));
            }

            if (_replicas.Readmit(now))
            {
                Dispatch_NeedsLock(now);
            }

            if (Choose_NeedsLock(request.Kind, now) is { } replica)
            {
                return new(Grant_NeedsLock(replica, request.Kind, ticket, TimeSpan.Zero, ++_lastToken));
            }

            if (request.OnlyIfFree && !_isOpen)
            {
                return new(new LeaseResult(LeaseOutcome.QueueFull, default, ticket, TimeSpan.Zero));
            }

            if (RefusalAtOnce_NeedsLock(request, ticket, now, out var deadline) is { } refusal)
            {
                return new(new LeaseResult(refusal, default, ticket, TimeSpan.Zero));
            }

            if (Reserve_NeedsLock(request) is { } full)
            {
                return new(new LeaseResult(full, default, ticket, TimeSpan.Zero));
            }

            waiter = _pool.TryPop(out var pooled) ? pooled : new LocalWaiter(this);
            waiter.Id = ++_lastToken;
            waiter.IsRetry = request.Ticket is not null;
            waiter.OnlyIfFree = request.OnlyIfFree;
            waiter.Urgency = request.Urgency;
            waiter.Ticket = ticket;
            waiter.QueuedAt = now;
            waiter.Deadline = deadline;
            waiter.Bytes = request.Bytes;
            waiter.IsColdStart = !_replicas.HasLive;
            waiter.Budget = _settings.Budget;
            _waiters.Add(waiter);
            Send_NeedsLock(waiter, now);
            Arm_NeedsLock(Math.Min(deadline, _replicas.NextReadmission()), now);
        }

        var task = waiter.Task;
        waiter.CancelWith(cancellationToken);
        _queued();
        return task;
    }

    /// <summary>Takes over what was published. When it returns, replicas that drain or are gone get no new request.</summary>
    public void Apply(QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas)
    {
        lock (_lock)
        {
            _settings = settings;
            var now = _time.GetTimestamp();
            _replicas.SlowStart = After(0, settings.SlowStart);
            _replicas.Apply(replicas, now);
            Dispatch_NeedsLock(now);
            if (_waiters.Count > 0)
            {
                Arm_NeedsLock(_replicas.NextReadmission(), now);
            }
        }
    }

    /// <summary>Takes requests (again).</summary>
    public void Reopen(QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas, Action queued)
    {
        lock (_lock)
        {
            _closed = false;
            _queued = queued;
            Apply(settings, replicas);
        }
    }

    /// <summary>It is closed, and the last lease has ended.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _closed && _leases.Count == 0;
            }
        }
    }

    /// <summary>Ends the wait of everyone; leases that are out just end.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            var now = _time.GetTimestamp();
            while (_waiters.First is { } waiter)
            {
                Refuse_NeedsLock(waiter, LeaseOutcome.ServiceRemoved, now);
            }
        }
    }

    public QueueSnapshot Snapshot()
    {
        lock (_lock)
        {
            int busy = 0, live = 0, ejected = 0;
            foreach (var replica in _replicas.All)
            {
                if (replica.IsLive)
                {
                    ejected += replica.IsEjected ? 1 : 0;
                    live++;
                    busy += replica.Held;
                }
            }

            return new QueueSnapshot(busy, _waiters.Count, live, _leases.Count, _waiters.Bytes, ejected);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Takes a waiter whose caller has gone out of the queue.</summary>
    internal void Cancel(LocalWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.IsQueued)
            {
                Refuse_NeedsLock(waiter, LeaseOutcome.Cancelled, _time.GetTimestamp());
            }
        }
    }

    internal void Recycle(LocalWaiter waiter)
    {
        lock (_lock)
        {
            if (_pool.Count < MaxPooledWaiters)
            {
                _pool.Push(waiter);
            }
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _armedFor = long.MaxValue;
            var now = _time.GetTimestamp();
            _replicas.Readmit(now);
            var next = _replicas.NextReadmission();
            for (var waiter = _waiters.First; waiter is not null;)
            {
                var following = waiter.Next;
                var expiry = Expiry_NeedsLock(waiter);
                if (expiry <= now)
                {
                    Refuse_NeedsLock(waiter, TimeoutReason_NeedsLock(), now);
                }
                else
                {
                    next = Math.Min(next, expiry);
                }

                waiter = following;
            }

            Dispatch_NeedsLock(now);
            if (_waiters.Count > 0)
            {
                Arm_NeedsLock(next, now);
            }
        }
    }

    private LeaseOutcome? RefusalAtOnce_NeedsLock(LeaseRequest request, LeaseTicket ticket, long now, out long deadline)
    {
        var live = _replicas.HasLive;
        var wait = !live && _settings.WakesFromZero ? _settings.ColdStartWait : _settings.MaxWait;
        deadline = Deadline_NeedsLock(ticket, wait);
        if (!live && _settings is { DesiredReplicas: 0, WakesFromZero: false })
        {
            return LeaseOutcome.NoReadyReplica;
        }

        if (_role == QueueRole.Unavailable)
        {
            return LeaseOutcome.CoordinatorUnavailable;
        }

        // Another attempt was let in before, and there are no more of them than leases were out.
        if (request.Ticket is null && _waiters.Count >= _settings.MaxLength)
        {
            return LeaseOutcome.QueueFull;
        }

        return Expiry_NeedsLock(deadline) <= now ? TimeoutReason_NeedsLock() : null;
    }

    // Bytes are held where the request came, so every gateway keeps its own bounds, whoever coordinates.
    private LeaseOutcome? Reserve_NeedsLock(LeaseRequest request)
    {
        if (request.Ticket is not null)
        {
            _settings.Budget?.Take(request.Bytes);
            return null;
        }

        return _waiters.Bytes + request.Bytes > _settings.MaxBytes ? LeaseOutcome.QueueBytesFull
            : _settings.Budget?.TryTake(request.Bytes) == false ? LeaseOutcome.GatewayQueueFull
            : null;
    }

    private void Dispatch_NeedsLock(long now)
    {
        while (_waiters.First is { } waiter)
        {
            if (Expiry_NeedsLock(waiter) <= now)
            {
                Refuse_NeedsLock(waiter, TimeoutReason_NeedsLock(), now);
                continue;
            }

            if (!MayGrant_NeedsLock(now) || _replicas.ChooseFree() is not { } replica)
            {
                return;
            }

            _waiters.Remove(waiter);
            var waited = _time.GetElapsedTime(waiter.QueuedAt, now);
            var token = waiter.IsForeign ? ++_lastToken : waiter.Id;
            var granted = Grant_NeedsLock(replica, LeaseKind.Scoring, waiter.Ticket, waited, token, waiter.IsForeign);
            waiter.SetResult(granted with { IsColdStart = waiter.IsColdStart });
        }
    }

    // While anyone waits no replica is free, so a newcomer cannot overtake.
    private ReplicaState? Choose_NeedsLock(LeaseKind kind, long now) => kind == LeaseKind.Visit ? _replicas.ChooseUsable()
        : _waiters.Count == 0 && MayGrant_NeedsLock(now) ? _replicas.ChooseFree()
        : null;

    private LeaseResult Grant_NeedsLock(
        ReplicaState replica, LeaseKind kind, LeaseTicket ticket, TimeSpan waited, long token, bool isForeign = false)
    {
        if (kind == LeaseKind.Visit)
        {
            replica.Visits++;
        }
        else
        {
            replica.Held++;
        }

        return new LeaseResult(LeaseOutcome.Granted, _leases.Grant(replica, kind, token, isForeign), ticket, waited)
        {
            Fence = _fence?.Token ?? default,
        };
    }

    private void Refuse_NeedsLock(Waiter waiter, LeaseOutcome outcome, long now)
    {
        _waiters.Remove(waiter);
        Unsend_NeedsLock(waiter);
        var waited = _time.GetElapsedTime(waiter.QueuedAt, now);
        waiter.SetResult(new LeaseResult(outcome, default, waiter.Ticket, waited));
    }

    // The cause a caller is told: replicas that are all busy, that start, or that are not there.
    private LeaseOutcome TimeoutReason_NeedsLock()
    {
        if (_role is QueueRole.Settling or QueueRole.Unavailable || _role == QueueRole.Following && !_isOpen)
        {
            return LeaseOutcome.CoordinatorUnavailable;
        }

        var excluded = false;
        foreach (var replica in _replicas.All)
        {
            if (replica.IsUsable)
            {
                return LeaseOutcome.QueueTimeout;
            }

            excluded |= replica.IsLive;
        }

        return !excluded && (_settings.DesiredReplicas > 0 || _settings.WakesFromZero)
            ? LeaseOutcome.ReplicasStarting
            : LeaseOutcome.NoReadyReplica;
    }

    // Armed for too early is harmless, so it is never put off.
    private void Arm_NeedsLock(long due, long now)
    {
        if (due < _armedFor)
        {
            _armedFor = due;
            var milliseconds = Math.Ceiling(_time.GetElapsedTime(now, due).TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, milliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    private long After(long timestamp, TimeSpan duration) =>
        timestamp + (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
