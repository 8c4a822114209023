namespace Fairlead.Gateway.Autoscaling;

/// <summary>The highest wanted number of replicas of the last window. Not thread-safe: owned by one scaler.</summary>
/// <remarks>Holds only records that a later, higher one has not made irrelevant, so it stays small.</remarks>
internal sealed class LoadWindow(TimeSpan length)
{
    private readonly LinkedList<(DateTimeOffset At, int Desired)> _records = new();
    private DateTimeOffset? _began;

    public void Record(DateTimeOffset now, int desired)
    {
        _began ??= now;
        while (_records.Last is { } last && last.Value.Desired <= desired)
        {
            _records.RemoveLast();
        }

        _records.AddLast((now, desired));
        while (_records.First is { } first && first.Value.At <= now - length && first.Next is not null)
        {
            _records.RemoveFirst();
        }
    }

    /// <summary>Null until a whole window has been recorded.</summary>
    public int? Highest(DateTimeOffset now) =>
        _began is { } began && now - began >= length ? _records.First?.Value.Desired : null;
}
