using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>What a queue is when several gateways run: the service's one queue, or the waiting room in front of it.</summary>
/// <remarks>Leases and waits of requests of this gateway stay in the queue whatever its role.</remarks>
internal sealed partial class ServiceQueue
{
    private readonly Dictionary<long, LocalWaiter> _sent = [];
    private readonly GrantGate? _gate;
    private QueueRole _role = QueueRole.Granting;
    private ILeaseUpstream? _upstream;
    private bool _isOpen;
    private CancellationTokenSource? _fence;

    /// <summary>A queue of one gateway among several; it settles until it is told its role.</summary>
    public ServiceQueue(QueueSettings settings, TimeProvider time, Action queued, GrantGate gate)
        : this(settings, time, queued)
    {
        _gate = gate;
        _role = QueueRole.Settling;
        _fence = new CancellationTokenSource();
    }

    /// <summary>Guards all that concerns the queue; whoever coordinates it holds it across several calls.</summary>
    public Lock Lock => _lock;

    public QueueRole Role
    {
        get
        {
            lock (_lock)
            {
                return _role;
            }
        }
    }

    /// <summary>A scoring request of this gateway is in a replica.</summary>
    public bool HoldsOwn
    {
        get
        {
            lock (_lock)
            {
                return _leases.Own().Any(static own => own.Kind == LeaseKind.Scoring);
            }
        }
    }

    /// <summary>This gateway coordinates, but grants nothing until it knows all leases.</summary>
    public void Settle() => Become(QueueRole.Settling, null);

    /// <summary>This gateway coordinates and knows all leases.</summary>
    public void Lead() => Become(QueueRole.Granting, null);

    /// <summary>This gateway coordinates on, but a gateway that has gone may hold places: the time counts as standstill until
    /// <see cref="Lead"/>.</summary>
    public void LeadShort() => Become(QueueRole.Granting, null, isShort: true);

    /// <summary>Another gateway coordinates; nothing is sent before <see cref="Open"/>.</summary>
    public void Follow(ILeaseUpstream upstream) => Become(QueueRole.Following, upstream);

    /// <summary>Nobody coordinates that can be reached: those who wait and those who come are refused at once.</summary>
    public void Stop()
    {
        Become(QueueRole.Unavailable, null);
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            for (var waiter = _waiters.First; waiter is not null;)
            {
                var following = waiter.Next;
                if (!waiter.IsForeign)
                {
                    Refuse_NeedsLock(waiter, LeaseOutcome.CoordinatorUnavailable, now);
                }

                waiter = following;
            }
        }
    }

    /// <summary>The membership of this gateway has ended: it stops, and the leases of its requests are void.</summary>
    public void EndAll()
    {
        Stop();
        EndLeases();
    }

    /// <summary>The leases of requests of this gateway are void: the requests are broken off. The coordinator is not
    /// told.</summary>
    public void EndLeases()
    {
        CancellationTokenSource? fence;
        lock (_lock)
        {
            foreach (var (lease, _) in _leases.Own().ToArray())
            {
                _leases.TryEnd(lease, out var replica, out var kind);
                Leave_NeedsLock(replica, kind);
            }

            fence = Interlocked.Exchange(ref _fence, new CancellationTokenSource());
        }

        fence?.Cancel();
        fence?.Dispose();
    }

    /// <summary>Tells the coordinator all that is held and wanted; from now on every request is sent to it.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_upstream is null)
            {
                return;
            }

            var now = _time.GetTimestamp();
            var leases = _leases.Own().Where(static own => own.Kind == LeaseKind.Scoring)
                .Select(static own => new HeldLease(own.Lease.Token, own.Lease.Endpoint)).ToArray();
            var waiting = new List<WaitingRequest>();
            _sent.Clear();
            for (var waiter = _waiters.First; waiter is not null; waiter = waiter.Next)
            {
                if (waiter is LocalWaiter local)
                {
                    local.IsSent = true;
                    _sent.Add(local.Id, local);
                    waiting.Add(Describe_NeedsLock(local, now));
                }
            }

            _isOpen = true;
            NoteRole_NeedsLock(now);
            _upstream.Report(leases, waiting);
        }
    }

    /// <summary>The coordinator granted. False when nobody waits for it: the caller gives the lease back.</summary>
    public bool Granted(long id, ReplicaEndpoint endpoint)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (!_sent.Remove(id, out var waiter))
            {
                return false;
            }

            waiter.IsSent = false;
            if (_gate is { } gate && now >= gate.Until)
            {
                Refuse_NeedsLock(waiter, LeaseOutcome.CoordinatorUnavailable, now);
                return false;
            }

            _waiters.Remove(waiter);
            var waited = _time.GetElapsedTime(waiter.QueuedAt, now);
            var granted = Grant_NeedsLock(_replicas.FindOrKeep(endpoint), LeaseKind.Scoring, waiter.Ticket, waited, id);
            waiter.SetResult(granted with { IsColdStart = waiter.IsColdStart });
            return true;
        }
    }

    /// <summary>The coordinator refused.</summary>
    public void Refused(long id, LeaseOutcome outcome)
    {
        lock (_lock)
        {
            if (_sent.Remove(id, out var waiter))
            {
                waiter.IsSent = false;
                Refuse_NeedsLock(waiter, outcome, _time.GetTimestamp());
            }
        }
    }

    private void Become(QueueRole role, ILeaseUpstream? upstream, bool isShort = false)
    {
        lock (_lock)
        {
            if (role == QueueRole.Granting && _role != role)
            {
                _replicas.OpenAll();
            }

            _role = role;
            _isShort = isShort;
            _upstream = upstream;
            _isOpen = false;
            foreach (var waiter in _sent.Values)
            {
                waiter.IsSent = false;
            }

            _sent.Clear();
            if (role != QueueRole.Granting)
            {
                foreach (var replica in _replicas.All)
                {
                    replica.Victim = false;
                }
            }

            var now = _time.GetTimestamp();
            NoteRole_NeedsLock(now);
            Dispatch_NeedsLock(now);
        }
    }

    private bool MayGrant_NeedsLock(long now) =>
        _role == QueueRole.Granting && (_gate is null || now < _gate.Until);

    private void Send_NeedsLock(LocalWaiter waiter, long now)
    {
        if (_isOpen)
        {
            waiter.IsSent = true;
            _sent.Add(waiter.Id, waiter);
            _upstream!.Request(Describe_NeedsLock(waiter, now));
        }
    }

    private void Unsend_NeedsLock(Waiter waiter)
    {
        if (waiter is LocalWaiter { IsSent: true } local)
        {
            local.IsSent = false;
            _sent.Remove(local.Id);
            _upstream?.Cancel(local.Id);
        }
    }

    private WaitingRequest Describe_NeedsLock(LocalWaiter waiter, long now) =>
        new(waiter.Id, _time.GetElapsedTime(waiter.Ticket.ArrivedAt, now), waiter.IsRetry, waiter.Urgency, waiter.OnlyIfFree);
}

/// <summary>What a queue is for its service at a moment.</summary>
internal enum QueueRole
{
    /// <summary>The service's queue; the only role of a gateway that is alone.</summary>
    Granting,

    /// <summary>To be the service's queue, once all leases are known.</summary>
    Settling,

    /// <summary>The queue is on another gateway.</summary>
    Following,

    /// <summary>Cut off.</summary>
    Unavailable,
}
