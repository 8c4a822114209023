namespace Fairlead.Bench.Load.Running;

/// <summary>Counts what goes on at a time, and the most there ever was.</summary>
internal sealed class Concurrency
{
    private int _now;
    private int _most;

    public int Most => Volatile.Read(ref _most);

    public void Enter() => Saw(Interlocked.Increment(ref _now));

    public void Leave() => Interlocked.Decrement(ref _now);

    /// <summary>Takes over a number that was seen elsewhere.</summary>
    public void Saw(int now)
    {
        int most;
        while (now > (most = Volatile.Read(ref _most)))
        {
            Interlocked.CompareExchange(ref _most, now, most);
        }
    }
}
