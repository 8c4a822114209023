namespace Fairlead.Scoring.Admission;

/// <summary>Never lets more requests in than the limit, and knows how many are inside: what makes the promise of
/// concurrency exact whatever a gateway does.</summary>
/// <remarks>Any thread. A lease is held until the scorer is really free again, not until the client has gone.</remarks>
internal sealed class ConcurrencyGate(int limit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private HostPhase _phase = HostPhase.Starting;
    private int _inside;
    private long _lastChange;

    public HostPhase Phase
    {
        get
        {
            lock (_lock)
            {
                return _phase;
            }
        }
    }

    /// <summary>A lease, or null and the reason, a value of the refusal header.</summary>
    public GateLease? TryEnter(out string refusal)
    {
        lock (_lock)
        {
            refusal = _phase switch
            {
                HostPhase.Starting => "starting",
                HostPhase.Closed => "draining",
                HostPhase.Ready or HostPhase.Draining => _inside < limit ? "" : "busy",
            };
            if (refusal.Length > 0)
            {
                return null;
            }

            _inside++;
            return new GateLease(this);
        }
    }

    /// <summary>Moves on to a later phase; an earlier one is ignored.</summary>
    public void Enter(HostPhase phase)
    {
        lock (_lock)
        {
            if (phase > _phase)
            {
                _phase = phase;
                _lastChange = time.GetTimestamp();
            }
        }
    }

    /// <summary>How long nothing has been inside; null while something is.</summary>
    public TimeSpan? QuietFor()
    {
        lock (_lock)
        {
            return _inside == 0 ? time.GetElapsedTime(_lastChange) : null;
        }
    }

    public int Inside
    {
        get
        {
            lock (_lock)
            {
                return _inside;
            }
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _inside--;
            _lastChange = time.GetTimestamp();
        }
    }
}
