using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>Decides which replica a request gets, and lets requests wait their turn: a central M/G/c queue.</summary>
/// <remarks>
/// Any thread may call anything. Invariants, whenever the lock is free: no replica holds more leases than its limit;
/// while a request waits, no replica could take it. Replies to waiters continue on the thread pool, never under the lock.
/// </remarks>
internal sealed class ServiceQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action? _onQueued;
    private readonly ReplicaSlots _replicas = new();
    private readonly WaiterList _waiters = new();
    private readonly Stack<LeaseWaiter> _spare = [];
    private readonly ITimer _timer;
    private QueueTerms _terms;
    private long _timerDue = long.MaxValue;
    private bool _removed;

    /// <param name="onQueued">Told, outside the lock, of each request that had to wait.</param>
    public ServiceQueue(TimeProvider time, QueueTerms terms, Action? onQueued = null)
    {
        _time = time;
        _terms = terms;
        _onQueued = onQueued;
        _timer = time.CreateTimer(
            static queue => ((ServiceQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ServiceLoad Load
    {
        get
        {
            lock (_lock)
            {
                return new(_replicas.Busy, _waiters.Count, _replicas.Ready);
            }
        }
    }

    /// <summary>Takes over the replicas and bounds of a change. On return no draining or unlisted replica gets a lease.</summary>
    public void Apply(IReadOnlyList<ReplicaEndpoint> replicas, QueueTerms terms)
    {
        lock (_lock)
        {
            var wasCold = _replicas.Ready == 0;
            _terms = terms;
            _replicas.Update(replicas);
            var now = _time.GetTimestamp();
            if (wasCold && _replicas.Ready > 0)
            {
                // The long wait for a cold start is over: from now on the ordinary one counts, for everybody anew.
                for (var waiter = _waiters.Head; waiter is not null; waiter = waiter.Next)
                {
                    waiter.WaitingSince = now;
                }
            }

            Serve_NeedsLock(now);
            ArmTimer_NeedsLock(now);
        }
    }

    /// <summary>A free replica, at once when there is one and nobody waits; else the first to become free.</summary>
    /// <param name="waitingSince">For a request that a replica refused: since when it waits. It goes to the front.</param>
    public ValueTask<LeaseResult> AcquireAsync(CancellationToken cancellationToken, long? waitingSince = null)
    {
        LeaseWaiter waiter;
        lock (_lock)
        {
            if (_removed)
            {
                return Refused(LeaseOutcome.Removed);
            }

            var now = _time.GetTimestamp();
            if (_waiters.Count == 0 && _replicas.LeastBusy(now) is { } free)
            {
                return new(Grant_NeedsLock(free));
            }

            var wait = Wait_NeedsLock();
            if (waitingSince is null && _waiters.Count >= _terms.MaxLength)
            {
                return Refused(LeaseOutcome.QueueFull);
            }

            if (_time.GetElapsedTime(waitingSince ?? now, now) >= wait)
            {
                return Refused(TimedOut_NeedsLock());
            }

            waiter = _spare.TryPop(out var spare) ? spare : new LeaseWaiter(this);
            waiter.WaitingSince = waitingSince ?? now;
            if (waitingSince is null)
            {
                _waiters.AddLast(waiter);
            }
            else
            {
                _waiters.AddFirst(waiter);
            }

            ArmTimer_NeedsLock(now);
        }

        _onQueued?.Invoke();
        waiter.Registration = cancellationToken.UnsafeRegister(
            static waiter => ((LeaseWaiter)waiter!).CancelledByCaller(), waiter);
        return waiter.Task;
    }

    /// <summary>Ends the service: whoever waits is answered, leases given out stay valid until released.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            _removed = true;
            while (_waiters.Head is { } waiter)
            {
                Refuse_NeedsLock(waiter, LeaseOutcome.Removed);
            }
        }
    }

    /// <summary>
    /// Takes one replica out of use so that it can be removed: an idle one if there is any, else the least busy. The
    /// task ends when it is empty. Null when none is ready.
    /// </summary>
    public (string Replica, Task Emptied)? Retire()
    {
        lock (_lock)
        {
            if (_replicas.Retire() is not { } replica)
            {
                return null;
            }

            if (replica.Busy == 0)
            {
                return (replica.Id, Task.CompletedTask);
            }

            replica.Emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (replica.Id, replica.Emptied.Task);
        }
    }

    /// <summary>Puts a replica that could not be removed back into use.</summary>
    public void Reinstate(string replica)
    {
        lock (_lock)
        {
            _replicas.Reinstate(replica);
            Serve_NeedsLock(_time.GetTimestamp());
        }
    }

    public void Dispose()
    {
        Remove();
        _timer.Dispose();
    }

    internal void Release(ReplicaLease lease, TimeSpan rest)
    {
        lock (_lock)
        {
            if (!lease.Replica.TryGiveBack(lease.Ticket, lease.Version))
            {
                return;
            }

            var now = _time.GetTimestamp();
            lease.Replica.RestUntil = rest > TimeSpan.Zero ? now + Ticks(rest) : long.MinValue;
            _replicas.Returned(lease.Replica);
            Serve_NeedsLock(now);
            ArmTimer_NeedsLock(now);
        }
    }

    internal void Abandon(LeaseWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.IsQueued)
            {
                Refuse_NeedsLock(waiter, LeaseOutcome.Cancelled);
            }
        }
    }

    internal void Recycle(LeaseWaiter waiter)
    {
        lock (_lock)
        {
            _spare.Push(waiter);
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerDue = long.MaxValue;
            var now = _time.GetTimestamp();
            Serve_NeedsLock(now);
            while (_waiters.Head is { } head && _time.GetElapsedTime(head.WaitingSince, now) >= Wait_NeedsLock())
            {
                Refuse_NeedsLock(head, TimedOut_NeedsLock());
            }

            ArmTimer_NeedsLock(now);
        }
    }

    private void Serve_NeedsLock(long now)
    {
        while (_waiters.Head is { } head && _replicas.LeastBusy(now) is { } free)
        {
            _waiters.Remove(head);
            head.Complete(Grant_NeedsLock(free));
        }
    }

    private LeaseResult Grant_NeedsLock(ReplicaSlot replica)
    {
        var (ticket, version) = _replicas.Take(replica);
        return new(LeaseOutcome.Granted, new(this, replica, ticket, version));
    }

    private void Refuse_NeedsLock(LeaseWaiter waiter, LeaseOutcome outcome)
    {
        _waiters.Remove(waiter);
        waiter.Complete(LeaseResult.Refused(outcome));
    }

    private TimeSpan Wait_NeedsLock() =>
        _replicas.Ready == 0 && _terms.ColdStartWait > _terms.MaxWait ? _terms.ColdStartWait : _terms.MaxWait;

    private LeaseOutcome TimedOut_NeedsLock() =>
        _replicas.Ready == 0 ? LeaseOutcome.NoReplicas : LeaseOutcome.TimedOut;

    /// <summary>Sees to it that the timer fires when the head's wait ends or a resting replica may be used again.</summary>
    private void ArmTimer_NeedsLock(long now)
    {
        if (_waiters.Head is not { } head)
        {
            return;
        }

        var due = Math.Min(head.WaitingSince + Ticks(Wait_NeedsLock()), _replicas.NextRestEnd(now));
        if (due < _timerDue)
        {
            _timerDue = due;
            _timer.Change(_time.GetElapsedTime(now, Math.Max(due, now)) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private static ValueTask<LeaseResult> Refused(LeaseOutcome outcome) => new(LeaseResult.Refused(outcome));
}
