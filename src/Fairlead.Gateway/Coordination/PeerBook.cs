using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Coordination;

/// <summary>What another gateway holds and wants of a service that this one coordinates. Guarded by the queue's lock.</summary>
internal sealed class PeerBook(string service, IncomingRound round, ServiceQueue queue, IPeerTransport transport)
{
    private readonly Dictionary<long, Lease> _leases = [];
    private readonly Dictionary<long, ForeignWaiter> _waiting = [];

    public IncomingRound Round => round;

    public int Leases => _leases.Count;

    public int Waiting => _waiting.Count;

    public void Adopt(HeldLease lease) => _leases[lease.Id] = queue.Adopt(lease.Replica);

    public void Request(WaitingRequest request)
    {
        var waiter = new ForeignWaiter(this);
        if (_waiting.TryAdd(request.Id, waiter))
        {
            queue.Enter(waiter, request);
        }
    }

    public void Cancel(long id)
    {
        if (_waiting.Remove(id, out var waiter))
        {
            queue.Leave(waiter);
        }

        // The grant was on its way.
        Release(id, LeaseEnd.Abandoned);
    }

    public void Release(long id, LeaseEnd end)
    {
        if (_leases.Remove(id, out var lease))
        {
            queue.Release(lease, end);
        }
    }

    /// <summary>Forgets who waits; they ask again. What is held still counts.</summary>
    public void ForgetWaiting()
    {
        foreach (var waiter in _waiting.Values)
        {
            queue.Leave(waiter);
        }

        _waiting.Clear();
    }

    /// <summary>Forgets everything: the gateway has said anew what it holds, says it to someone else, or is gone.</summary>
    public void Close()
    {
        ForgetWaiting();
        foreach (var lease in _leases.Values)
        {
            queue.Release(lease, LeaseEnd.Abandoned);
        }

        _leases.Clear();
    }

    private void Answer(ForeignWaiter waiter, LeaseResult result)
    {
        _waiting.Remove(waiter.Id);
        if (result.Outcome == LeaseOutcome.Granted)
        {
            _leases[waiter.Id] = result.Lease;
            transport.Send(round.Peer, new PeerMessage(PeerMessageKind.Grant)
            {
                Service = service,
                Round = round.Number,
                Id = waiter.Id,
                Replica = result.Lease.Endpoint,
            });
        }
        else
        {
            transport.Send(round.Peer, new PeerMessage(PeerMessageKind.Refuse)
            {
                Service = service,
                Round = round.Number,
                Id = waiter.Id,
                Outcome = result.Outcome,
            });
        }
    }

    private sealed class ForeignWaiter(PeerBook book) : Waiter
    {
        public override bool IsForeign => true;

        public override void SetResult(LeaseResult result) => book.Answer(this, result);
    }
}
