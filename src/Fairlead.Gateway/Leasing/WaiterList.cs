namespace Fairlead.Gateway.Leasing;

/// <summary>The queue: by urgency, and in order of arrival among equals. Any waiter comes and leaves in constant time. Guarded by the
/// queue's lock.</summary>
internal sealed class WaiterList
{
    // Of each urgency.
    private readonly Waiter?[] _last = new Waiter?[Urgency.Levels];

    public Waiter? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>The one that arrived first, urgent or not; null when there is none.</summary>
    public Waiter? Oldest
    {
        get
        {
            var oldest = First;
            foreach (var last in _last)
            {
                // The first of the next urgency that there is.
                if (last?.Next is { } first && IsEarlier(first.Ticket, oldest!.Ticket))
                {
                    oldest = first;
                }
            }

            return oldest;
        }
    }

    /// <summary>Bytes that all who wait hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>Puts it behind all who are more urgent, or as urgent and arrived earlier: at the end of its equals, unless it comes
    /// back for another attempt.</summary>
    public void Add(Waiter waiter)
    {
        var after = LastOfUpTo(waiter.Urgency);
        while (after?.Urgency == waiter.Urgency && IsEarlier(waiter.Ticket, after.Ticket))
        {
            after = after.Previous;
        }

        waiter.Previous = after;
        waiter.Next = after is null ? First : after.Next;
        if (waiter.Next?.Urgency != waiter.Urgency)
        {
            _last[waiter.Urgency] = waiter;
        }

        waiter.Next?.Previous = waiter;
        if (after is null)
        {
            First = waiter;
        }
        else
        {
            after.Next = waiter;
        }

        waiter.IsQueued = true;
        Count++;
        Bytes += waiter.Bytes;
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        waiter.Next?.Previous = waiter.Previous;
        if (_last[waiter.Urgency] == waiter)
        {
            _last[waiter.Urgency] = waiter.Previous?.Urgency == waiter.Urgency ? waiter.Previous : null;
        }

        waiter.Previous = null;
        waiter.Next = null;
        waiter.IsQueued = false;
        Count--;
        Bytes -= waiter.Bytes;
        waiter.Budget?.Return(waiter.Bytes);
        waiter.Budget = null;
    }

    private Waiter? LastOfUpTo(int urgency)
    {
        while (urgency > 0 && _last[urgency] is null)
        {
            urgency--;
        }

        return _last[urgency];
    }

    // A number breaks the tie of those that arrived within one tick of the clock.
    private static bool IsEarlier(LeaseTicket one, LeaseTicket other) => one.ArrivedAt != other.ArrivedAt
        ? one.ArrivedAt < other.ArrivedAt
        : one.Sequence < other.Sequence;
}
