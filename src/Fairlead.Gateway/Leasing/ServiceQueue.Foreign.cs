using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>Requests of other gateways in the queue of the one that coordinates.</summary>
internal sealed partial class ServiceQueue
{
    /// <summary>Lets a request in as if it had come here, at its time of arrival. Its result may be set at once.</summary>
    public void Enter(Waiter waiter, WaitingRequest request)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            waiter.Id = request.Id;
            waiter.QueuedAt = now;
            waiter.Urgency = request.Urgency;
            waiter.Ticket = new LeaseTicket(++_lastSequence, After(now, -request.Waited));
            if (_closed)
            {
                // Gone, or not here yet: directories tell their gateways at different times.
                waiter.SetResult(
                    new LeaseResult(LeaseOutcome.CoordinatorUnavailable, default, waiter.Ticket, TimeSpan.Zero));
                return;
            }

            if (_replicas.Readmit(now))
            {
                Dispatch_NeedsLock(now);
            }

            if (Choose_NeedsLock(LeaseKind.Scoring, now) is { } replica)
            {
                waiter.SetResult(Grant_NeedsLock(
                    replica, LeaseKind.Scoring, waiter.Ticket, TimeSpan.Zero, ++_lastToken, isForeign: true));
                return;
            }

            if (request.OnlyIfFree)
            {
                waiter.SetResult(new LeaseResult(LeaseOutcome.QueueFull, default, waiter.Ticket, TimeSpan.Zero));
                return;
            }

            var asked = new LeaseRequest(LeaseKind.Scoring, request.IsRetry ? waiter.Ticket : null);
            if (RefusalAtOnce_NeedsLock(asked, waiter.Ticket, now, out var deadline) is { } refusal)
            {
                waiter.SetResult(new LeaseResult(refusal, default, waiter.Ticket, TimeSpan.Zero));
                return;
            }

            waiter.Deadline = deadline;
            _waiters.Add(waiter);
            Arm_NeedsLock(Math.Min(deadline, _replicas.NextReadmission()), now);
        }

        _queued();
    }

    /// <summary>Takes a request out without a result.</summary>
    public void Leave(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.IsQueued)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Counts a lease that another gateway holds already, whatever the limit says.</summary>
    public Lease Adopt(ReplicaEndpoint endpoint)
    {
        lock (_lock)
        {
            var replica = _replicas.FindOrKeep(endpoint);
            replica.Held++;
            return _leases.Grant(replica, LeaseKind.Scoring, ++_lastToken, isForeign: true);
        }
    }
}
