using System.Collections.Concurrent;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;

namespace Fairlead.Gateway.Coordination;

/// <summary>A gateway as one of several (docs/adr/0007): keeps the membership, gives every queue its role, and takes the
/// messages of the other gateways in. No I/O and no threads of its own.</summary>
/// <remarks>Messages of one connection are handed in by one thread at a time. Locks are taken in the order node, queue,
/// connection; messages about leases take no lock but the queue's.</remarks>
internal sealed partial class CoordinationNode
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, CoordinatedService> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PeerState> _peers = new(StringComparer.Ordinal);
    private readonly MembershipCore _membership;
    private readonly MembershipTiming _timing;
    private readonly TimeProvider _time;
    private readonly IPeerTransport _transport;
    private HashSet<string> _awaited = [];
    private HashSet<string> _previousMembers = [];
    private long? _mayUseUntil;
    private long? _validSince;
    private bool _isSettled;
    private bool _mayContinue;
    private bool _isFenced;
    private bool _hasEnded;
    private bool _wasMember;
    private long _lastRound;

    public CoordinationNode(
        string id, long incarnation, MembershipTiming timing, TimeProvider time, IPeerTransport transport)
    {
        _membership = new MembershipCore(new Member(id, incarnation), timing, time);
        _timing = timing;
        _time = time;
        _transport = transport;
        Gate = new GrantGate { Standstill = Ticks(timing.Standstill) };
    }

    public string Id => _membership.Self.Id;

    /// <summary>For the queues of this gateway.</summary>
    public GrantGate Gate { get; }

    public IEnumerable<CoordinatedService> Services => _services.Select(static pair => pair.Value);

    public CoordinatedService? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Says which gateways there should be.</summary>
    /// <param name="ids">Those that are known of.</param>
    /// <param name="count">How many there may be at most; fewer than are known of changes nothing.</param>
    public void SetRoster(IEnumerable<string> ids, int count = 0)
    {
        lock (_lock)
        {
            _membership.SetRoster(ids, count);
            Refresh_NeedsLock();
        }
    }

    /// <summary>A service is published here. One that was withdrawn, or that another gateway spoke of before, comes with
    /// the leases that are out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">For its queue.</param>
    /// <param name="replicas">Those published now.</param>
    /// <param name="queued">Called each time a request had to wait.</param>
    /// <returns>Its queue.</returns>
    public ServiceQueue Publish(
        string name, QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas, Action queued)
    {
        lock (_lock)
        {
            var service = Find(name) ?? Add_NeedsLock(name, settings);
            service.Queue.Reopen(settings, replicas, queued);
            return service.Queue;
        }
    }

    /// <summary>A service is no longer published here. Its queue ends when the last lease has.</summary>
    public void Withdraw(string name) => Find(name)?.Queue.Close();

    /// <summary>Does what time demands: stops when the membership has ended, proposes a view, speaks to all. Called at
    /// least every <see cref="MembershipTiming.Heartbeat"/>.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            if (_membership.Tick())
            {
                Adopt_NeedsLock(_membership.View);
            }
            else
            {
                foreach (var peer in _peers.Values)
                {
                    Beat_NeedsLock(peer);
                }
            }

            Refresh_NeedsLock();
            GiveUpUnreachable_NeedsLock();
            Forget_NeedsLock();
        }
    }

    /// <summary>Ends the use of leases when the time has come; cheap, so that it can be called more often than
    /// <see cref="Tick"/>.</summary>
    public void Check()
    {
        lock (_lock)
        {
            Refresh_NeedsLock();
        }
    }

    /// <summary>Begins to hand the services of this gateway over. What it holds goes on.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _membership.Leave();
            Refresh_NeedsLock();
        }
    }

    /// <summary>No service is coordinated here (any more), and all members know.</summary>
    public bool HasHandedOver
    {
        get
        {
            lock (_lock)
            {
                return _isFenced || !_membership.IsMember
                    || _membership.View.Members.All(static member => member.IsLeaving)
                    || _membership.View.Members.Any(member => member.Id == Id && member.IsLeaving);
            }
        }
    }

    /// <summary>Ends for ever: what is held is broken off, and the others are told, so that they need not wait.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Gate.Until = long.MinValue;
            Fence_NeedsLock();
            foreach (var peer in _peers.Values)
            {
                Beat_NeedsLock(peer);
            }
        }
    }

    /// <summary>All that are connected know that this gateway has ended.</summary>
    public bool IsSeenOff
    {
        get
        {
            lock (_lock)
            {
                return _peers.Values.All(static peer => !peer.IsLinked || peer.HasSeenOff);
            }
        }
    }

    public override string ToString() =>
        $"{Id}: view {_membership.View}{(_isFenced ? ", fenced" : _isSettled ? ", settled" : "")}";

    private void Adopt_NeedsLock(GatewayView view)
    {
        // Leases go over to the new view only while they may be used.
        if (_mayUseUntil is { } until && _time.GetTimestamp() >= until && !_isFenced)
        {
            Fence_NeedsLock();
        }

        var previous = _previousMembers;
        _previousMembers = [.. view.Members.Select(static member => member.Id)];

        // Who was not in a view that was settled and has not ended yet can hold nothing now.
        var isValid = !_isFenced && _time.GetTimestamp() < Gate.Until;
        var knewAll = _isSettled && isValid;
        _awaited = [.. view.Members.Select(static member => member.Id), .. previous];
        if (!knewAll)
        {
            _awaited.UnionWith(_membership.Roster);
        }

        _awaited.Remove(Id);
        _isSettled = false;
        _mayContinue = isValid;
        _validSince = null;
        foreach (var peer in _peers.Values)
        {
            peer.Incoming = null;
            peer.Outgoing = null;
            peer.IsGivenUp = false;
            Beat_NeedsLock(peer);
        }

        // Requests in flight go on until what was agreed before ends, whether or not this gateway is in the view.
        _isFenced = false;
        var isMember = _membership.IsMember;
        _wasMember |= isMember;
        foreach (var service in _services.Values)
        {
            service.Adopt(view, isValid);
            if (!isMember && _wasMember)
            {
                // Left out. One that has just started waits to be let in.
                service.Queue.Stop();
            }
        }
    }

    private void Refresh_NeedsLock()
    {
        if (_hasEnded)
        {
            return;
        }

        var now = _time.GetTimestamp();
        Gate.Until = _membership.ValidUntil();
        if (now >= Gate.Until)
        {
            // What was agreed in an earlier view still covers the leases of then, but no new ones.
            if (!_isFenced && now >= _mayUseUntil)
            {
                Fence_NeedsLock();
            }

            Expire_NeedsLock(now);
            return;
        }

        _mayUseUntil = Math.Max(_mayUseUntil ?? long.MinValue, Gate.Until);
        if (_isFenced || _validSince is null)
        {
            Enter_NeedsLock(now);
        }

        foreach (var service in _services.Values)
        {
            service.Cover(Gate.Until);
        }

        Expire_NeedsLock(now);
        if (_mayContinue && _membership.CameDirectly())
        {
            _mayContinue = false;
            foreach (var service in _services.Values)
            {
                service.Continue();
            }
        }

        if (!_isSettled && (_awaited.All(HasReported_NeedsLock) || now - _validSince >= Ticks(_timing.Settle)))
        {
            _isSettled = true;
            foreach (var service in _services.Values)
            {
                service.Lead();
            }
        }
    }

    // Leases of an earlier view that the coordinator of this one did not hear of end when that view would have ended.
    private void Expire_NeedsLock(long now)
    {
        foreach (var service in _services.Values)
        {
            if (service.Expire(now) && service.Coordinator is { } id && _peers.TryGetValue(id, out var peer))
            {
                Sync_NeedsLock(peer);
            }
        }
    }

    // A service that another gateway holds leases of before this one has heard of it: nobody waits in its queue.
    private CoordinatedService Keep(string name)
    {
        lock (_lock)
        {
            if (Find(name) is { } known)
            {
                return known;
            }

            var service = Add_NeedsLock(name, QueueSettings.None);
            service.Queue.Close();
            return service;
        }
    }

    private CoordinatedService Add_NeedsLock(string name, QueueSettings settings)
    {
        var queue = new ServiceQueue(settings, _time, static () => { }, Gate);
        var service = new CoordinatedService(name, queue, Id, _transport);
        _services[name] = service;
        service.Adopt(_membership.View, isValid: false);
        if (_isFenced)
        {
            queue.Stop();
        }
        else
        {
            Begin_NeedsLock(service);
        }

        return service;
    }

    private void Forget_NeedsLock()
    {
        foreach (var service in _services.Values)
        {
            if (service.Queue.IsOver)
            {
                _services.TryRemove(service.Name, out _);
                service.Queue.Dispose();
            }
        }
    }

    // Valid in this view for the first time, or again.
    private void Enter_NeedsLock(long now)
    {
        if (_isFenced)
        {
            _isFenced = false;
            foreach (var service in _services.Values)
            {
                service.TakeRole();
                if (_isSettled)
                {
                    service.Lead();
                }
            }
        }

        _validSince ??= now;
        foreach (var peer in _peers.Values)
        {
            Sync_NeedsLock(peer);
        }
    }

    private bool HasReported_NeedsLock(string id) => _membership.IsDead(id)
        || _peers.TryGetValue(id, out var peer) && peer.Incoming is { IsComplete: true };

    private void Fence_NeedsLock()
    {
        _isFenced = true;
        _mayContinue = false;
        foreach (var service in _services.Values)
        {
            service.Queue.EndAll();
        }
    }

    private void Begin_NeedsLock(CoordinatedService service)
    {
        if (service.IsCoordinator)
        {
            if (_isSettled)
            {
                service.Lead();
            }
        }
        else if (service.Coordinator is { } id && _peers.TryGetValue(id, out var peer) && peer.Outgoing is { } round)
        {
            service.Open(round);
        }
    }

    private void Beat_NeedsLock(PeerState peer)
    {
        if (peer.IsLinked)
        {
            _transport.Send(peer.Id, _hasEnded
                ? new PeerMessage(PeerMessageKind.Farewell)
                : new PeerMessage(PeerMessageKind.Heartbeat) { Heartbeat = _membership.BeatFor(peer.Id) with { Load = OwnLoad() } });
        }
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
