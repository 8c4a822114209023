namespace Fairlead.Gateway.Leasing;

/// <summary>The queue in order of arrival; any waiter leaves in constant time. Guarded by the queue's lock.</summary>
internal sealed class WaiterList
{
    private Waiter? _last;

    public Waiter? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes that all who wait hold.</summary>
    public long Bytes { get; private set; }

    /// <summary>Puts it behind all who arrived earlier: at the end, unless it comes back for another attempt.</summary>
    public void Add(Waiter waiter)
    {
        var after = _last;
        while (after is not null && IsEarlier(waiter.Ticket, after.Ticket))
        {
            after = after.Previous;
        }

        waiter.Previous = after;
        waiter.Next = after is null ? First : after.Next;
        if (waiter.Next is null)
        {
            _last = waiter;
        }
        else
        {
            waiter.Next.Previous = waiter;
        }

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

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Previous = null;
        waiter.Next = null;
        waiter.IsQueued = false;
        Count--;
        Bytes -= waiter.Bytes;
        waiter.Budget?.Return(waiter.Bytes);
        waiter.Budget = null;
    }

    // A number breaks the tie of those that arrived within one tick of the clock.
    private static bool IsEarlier(LeaseTicket one, LeaseTicket other) => one.ArrivedAt != other.ArrivedAt
        ? one.ArrivedAt < other.ArrivedAt
        : one.Sequence < other.Sequence;
}
