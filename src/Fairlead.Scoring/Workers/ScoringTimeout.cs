namespace Fairlead.Scoring.Workers;

/// <summary>The time a worker has for a request. It does not run while the client is waited for.</summary>
internal sealed class ScoringTimeout(int milliseconds, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);
    private readonly Lock _lock = new();
    private bool _ended;

    public CancellationToken Token => _source.Token;

    /// <summary>From now on the worker is waited for.</summary>
    public void Start() => Set(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>From now on the client is waited for.</summary>
    public void Pause() => Set(Timeout.InfiniteTimeSpan);

    /// <summary>The answer has begun: no limit any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            Set(Timeout.InfiniteTimeSpan);
            _ended = true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            _source.Dispose();
        }
    }

    private void Set(TimeSpan limit)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _source.CancelAfter(limit);
            }
        }
    }
}
