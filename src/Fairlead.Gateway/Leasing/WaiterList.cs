namespace Fairlead.Gateway.Leasing;

/// <summary>First in, first out, with removal from anywhere in constant time. Not thread-safe: its queue's lock guards it.</summary>
internal sealed class WaiterList
{
    private LeaseWaiter? _tail;

    public LeaseWaiter? Head { get; private set; }

    public int Count { get; private set; }

    public void AddLast(LeaseWaiter waiter)
    {
        (waiter.Previous, waiter.Next, waiter.IsQueued) = (_tail, null, true);
        if (_tail is null)
        {
            Head = waiter;
        }
        else
        {
            _tail.Next = waiter;
        }

        _tail = waiter;
        Count++;
    }

    public void AddFirst(LeaseWaiter waiter)
    {
        if (Head is null)
        {
            AddLast(waiter);
            return;
        }

        (waiter.Previous, waiter.Next, waiter.IsQueued) = (null, Head, true);
        // Deadlines must not fall along the list: the timer looks at the head alone.
        waiter.WaitingSince = Math.Min(waiter.WaitingSince, Head.WaitingSince);
        Head.Previous = waiter;
        Head = waiter;
        Count++;
    }

    public void Remove(LeaseWaiter waiter)
    {
        if (waiter.Previous is null)
        {
            Head = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _tail = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        (waiter.Previous, waiter.Next, waiter.IsQueued) = (null, null, false);
        Count--;
    }
}
