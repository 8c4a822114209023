using System.Runtime.InteropServices;

namespace Fairlead.Host;

/// <summary>SIGTERM and SIGINT: the first ends the server in order; a second one, which is no longer held back, at
/// once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration _terminated;
    private readonly PosixSignalRegistration _interrupted;

    public StopSignals(CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hold);
        _interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Hold);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>Waits for the first signal.</summary>
    public async Task WaitAsync()
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // It came.
        }
    }

    public void Dispose()
    {
        _terminated.Dispose();
        _interrupted.Dispose();
        _stop.Dispose();
    }

    private void Hold(PosixSignalContext context)
    {
        if (!_stop.IsCancellationRequested)
        {
            context.Cancel = true;
            _stop.Cancel();
        }
    }
}
