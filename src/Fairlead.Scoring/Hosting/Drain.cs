using Fairlead.Scoring.Admission;

namespace Fairlead.Scoring.Hosting;

/// <summary>The end of serving: probes are told at once, what arrives is still answered until nothing has been in flight
/// for a while, since whoever routes to us learns of it a little later.</summary>
internal sealed partial class Drain(ConcurrencyGate gate, TimeSpan limit, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan QuietPeriod = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public async Task RunAsync()
    {
        if (gate.Phase != HostPhase.Ready)
        {
            return; // It never served.
        }

        gate.Enter(HostPhase.Draining);
        LogDraining(gate.Inside);
        var begun = time.GetTimestamp();
        while (gate.QuietFor() is not { } quiet || quiet < QuietPeriod)
        {
            if (time.GetElapsedTime(begun) >= limit)
            {
                if (gate.Inside > 0)
                {
                    LogGaveUp(gate.Inside, limit.TotalMilliseconds);
                }

                return;
            }

            await Task.Delay(Poll, time, CancellationToken.None);
        }

        LogDrained();
    }

    [LoggerMessage(LogLevel.Information, "Draining: {InFlight} requests in flight")]
    private partial void LogDraining(int inFlight);

    [LoggerMessage(LogLevel.Information, "Drained: every request was answered")]
    private partial void LogDrained();

    [LoggerMessage(LogLevel.Warning, "Gave up on {InFlight} requests after the drain limit of {LimitMs} ms")]
    private partial void LogGaveUp(int inFlight, double limitMs);
}
