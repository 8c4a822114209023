namespace Fairlead.Gateway.Leasing;

/// <summary>The leases that are out, so that each ends exactly once. Guarded by the queue's lock.</summary>
internal sealed class LeaseTable
{
    private Slot[] _slots = new Slot[16];
    private int _used;
    private int _firstFree = -1;

    /// <summary>Leases that are out.</summary>
    public int Count { get; private set; }

    /// <param name="replica">Where the request goes.</param>
    /// <param name="kind">Whether it takes a place.</param>
    /// <param name="token">Unique in this table for ever.</param>
    /// <param name="isForeign">Held by another gateway, which this one coordinates.</param>
    public Lease Grant(ReplicaState replica, LeaseKind kind, long token, bool isForeign = false)
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

        _slots[index] = new Slot(token, replica, kind, isForeign, -1);
        Count++;
        return new Lease(replica.Endpoint, index, token);
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
        slot = new Slot(0, null, default, false, _firstFree);
        _firstFree = lease.Slot;
        Count--;
        return true;
    }

    /// <summary>The leases of requests of this gateway.</summary>
    public IEnumerable<(Lease Lease, LeaseKind Kind)> Own()
    {
        for (var index = 0; index < _used; index++)
        {
            var slot = _slots[index];
            if (slot is { Replica: not null, IsForeign: false })
            {
                yield return (new Lease(slot.Replica.Endpoint, index, slot.Token), slot.Kind);
            }
        }
    }

    private readonly record struct Slot(long Token, ReplicaState? Replica, LeaseKind Kind, bool IsForeign, int NextFree);
}
