namespace Fairlead.Gateway.Leasing;

/// <summary>The ends of leases: the place is free, and how the request went says something of the replica.</summary>
internal sealed partial class ServiceQueue
{
    public bool Release(Lease lease, LeaseEnd end)
    {
        lock (_lock)
        {
            if (!_leases.TryEnd(lease, out var replica, out var kind))
            {
                return false;
            }

            Leave_NeedsLock(replica, kind);
            if (_isOpen && kind == LeaseKind.Scoring)
            {
                _upstream!.Release(lease.Token, end);
            }

            Judge_NeedsLock(replica, kind, end);
            if (_waiters.Count > 0)
            {
                var now = _time.GetTimestamp();
                Dispatch_NeedsLock(now);
                Arm_NeedsLock(_replicas.NextReadmission(), now);
            }

            return true;
        }
    }

    // What the end of a request says of its replica.
    private void Judge_NeedsLock(ReplicaState replica, LeaseKind kind, LeaseEnd end)
    {
        switch (end)
        {
            case LeaseEnd.Refused:
                _replicas.Exclude(replica, After(_time.GetTimestamp(), _settings.RefusedBackOff));
                return;
            case LeaseEnd.Unreachable:
                break;
            case LeaseEnd.Completed when kind == LeaseKind.Scoring:
                ReplicaSet.NoteSuccess(replica);
                return;
            case LeaseEnd.Failed when kind == LeaseKind.Scoring:
                replica.NoteAnswer(isGood: false);
                if (_replicas.StandsOut(replica, _settings.EjectAfterFailedAnswers))
                {
                    break;
                }

                return;
            default:
                return;
        }

        var backOff = _replicas.BackOffAfterFailure(replica, _settings.UnreachableBackOff, _settings.LongestEjection);
        _replicas.Exclude(replica, After(_time.GetTimestamp(), backOff));
    }

    private static void Leave_NeedsLock(ReplicaState replica, LeaseKind kind)
    {
        if (kind == LeaseKind.Visit)
        {
            replica.Visits--;
        }
        else
        {
            replica.Held--;
        }
    }
}
