namespace Fairlead.Scoring.Admission;

/// <summary>The right to have one request inside; given back once.</summary>
internal sealed class GateLease(ConcurrencyGate gate) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            gate.Leave();
        }
    }
}
