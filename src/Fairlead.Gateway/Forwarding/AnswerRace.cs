using Fairlead.Gateway.Telemetry;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Two attempts for one request: the first that has an answer gives it to the client, and the other is broken off.</summary>
/// <param name="first">Record of the first attempt.</param>
/// <param name="gone">The client has gone: that ends both.</param>
internal sealed class AnswerRace(RequestRecord first, CancellationToken gone) : IDisposable
{
    private readonly CancellationTokenSource _first = CancellationTokenSource.CreateLinkedTokenSource(gone);
    private readonly CancellationTokenSource _second = CancellationTokenSource.CreateLinkedTokenSource(gone);
    private RequestRecord? _winner;

    public CancellationToken First => _first.Token;

    public CancellationToken Second => _second.Token;

    /// <summary>Whose answer the client gets; null when nobody's yet.</summary>
    public RequestRecord? Winner => Volatile.Read(ref _winner);

    /// <summary>False when the other was earlier.</summary>
    public bool TryWin(RequestRecord runner)
    {
        if (Interlocked.CompareExchange(ref _winner, runner, null) is { } winner)
        {
            return winner == runner;
        }

        (runner == first ? _second : _first).Cancel();
        return true;
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
