namespace Fairlead.Gateway.Leasing;

/// <summary>The bytes that waiting requests of all services may hold together in this gateway, so that no backlog ends it.</summary>
/// <param name="limit">Most bytes.</param>
internal sealed class QueueBudget(long limit)
{
    private long _used;

    /// <summary>Takes the bytes if they fit.</summary>
    public bool TryTake(long bytes)
    {
        var used = Volatile.Read(ref _used);
        while (used + bytes <= limit)
        {
            var before = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (before == used)
            {
                return true;
            }

            used = before;
        }

        return false;
    }

    /// <summary>Takes them for a request that was let in before, whatever the limit.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
