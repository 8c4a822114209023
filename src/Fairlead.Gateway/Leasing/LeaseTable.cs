namespace Fairlead.Gateway.Leasing;

/// <summary>The leases that are out, so that each ends exactly once. Guarded by the queue's lock.</summary>
internal sealed class LeaseTable
{
    private Slot[] _slots = new Slot[16];
    private int _used;
    private int _firstFree = -1;
    private long _lastToken;

    /// <summary>Leases that are out.</summary>
    public int Count { get; private set; }

    public Lease Grant(ReplicaState replica, LeaseKind kind)
    {
        var index = _firstFree;
        if (index >= 0)
        {
            _firstFree = _slots[index].NextFree;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, 2 * _used);
            }

            index = _used++;
        }

        _slots[index] = new Slot(++_lastToken, replica, kind, -1);
        Count++;
        return new Lease(replica.Endpoint, index, _lastToken);
    }

    /// <summary>False when the lease has ended before.</summary>
    public bool TryEnd(Lease lease, out ReplicaState replica, out LeaseKind kind)
    {
        ref var slot = ref _slots[lease.Slot];
        if (slot.Replica is null || slot.Token != lease.Token)
        {
            replica = null!;
            kind = default;
            return false;
        }

        replica = slot.Replica;
        kind = slot.Kind;
        slot = new Slot(0, null, default, _firstFree);
        _firstFree = lease.Slot;
        Count--;
        return true;
    }

    private readonly record struct Slot(long Token, ReplicaState? Replica, LeaseKind Kind, int NextFree);
}
