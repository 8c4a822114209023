using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>The replicas of one queue, with their totals. Not thread-safe: its queue's lock guards it.</summary>
internal sealed class ReplicaSlots
{
    private readonly List<ReplicaSlot> _slots = [];
    private int _start;

    /// <summary>Leases out, those of draining and unlisted replicas included.</summary>
    public int Busy { get; private set; }

    public int Ready { get; private set; }

    public void Update(IReadOnlyList<ReplicaEndpoint> replicas)
    {
        foreach (var slot in _slots)
        {
            slot.Listed = false;
        }

        foreach (var replica in replicas)
        {
            // Found again also when it was gone for a moment with requests in it: they still count.
            var slot = _slots.Find(slot => slot.Id == replica.Id && slot.Address == replica.Address);
            if (slot is null)
            {
                slot = new(replica.Id, replica.Address);
                _slots.Add(slot);
            }

            slot.Listed = true;
            slot.Limit = replica.MaxConcurrentRequests;
            slot.Draining = replica.Draining;
        }

        _slots.RemoveAll(static slot => !slot.Listed && slot.Busy == 0);
        Ready = _slots.Count(static slot => slot.IsReady);
    }

    /// <summary>Least busy of those that can take a request; among equals, in turn.</summary>
    public ReplicaSlot? LeastBusy(long now)
    {
        ReplicaSlot? best = null;
        var count = _slots.Count;
        for (var i = 0; i < count; i++)
        {
            var slot = _slots[(_start + i) % count];
            if (slot.CanTake(now) && (best is null || slot.Busy < best.Busy))
            {
                best = slot;
                if (slot.Busy == 0)
                {
                    _start = (_start + i + 1) % count;
                    return slot;
                }
            }
        }

        _start = count == 0 ? 0 : (_start + 1) % count;
        return best;
    }

    /// <summary>Marks the best one to give up: least busy, newest among equals.</summary>
    public ReplicaSlot? Retire()
    {
        ReplicaSlot? best = null;
        foreach (var slot in _slots)
        {
            if (slot.IsReady && (best is null || slot.Busy <= best.Busy))
            {
                best = slot;
            }
        }

        if (best is not null)
        {
            best.Retiring = true;
            Ready--;
        }

        return best;
    }

    public (int Ticket, uint Version) Take(ReplicaSlot slot)
    {
        Busy++;
        return slot.Take();
    }

    /// <summary>A lease of it was given back.</summary>
    public void Returned(ReplicaSlot slot)
    {
        Busy--;
        if (slot.Busy > 0)
        {
            return;
        }

        slot.Emptied?.TrySetResult();
        if (!slot.Listed)
        {
            _slots.Remove(slot);
        }
    }

    public void Reinstate(string id)
    {
        foreach (var slot in _slots)
        {
            if (slot.Id == id)
            {
                (slot.Retiring, slot.Emptied) = (false, null);
            }
        }

        Ready = _slots.Count(static slot => slot.IsReady);
    }

    /// <summary>When the first replica that rests may be used again; never when none rests.</summary>
    public long NextRestEnd(long now)
    {
        var next = long.MaxValue;
        foreach (var slot in _slots)
        {
            if (slot.RestUntil > now && slot.RestUntil < next)
            {
                next = slot.RestUntil;
            }
        }

        return next;
    }
}
