using System.Runtime.CompilerServices;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Autoscaling;

/// <summary>Looks at each service once in its refresh period, and at once when a request had to wait.</summary>
/// <remarks>Each service has at most one evaluation under way, so a slow compute target delays only itself.</remarks>
internal sealed class AutoscalerLoop(
    ServiceTable services,
    ScaleSignal signal,
    IReplicaScaler scaler,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<AutoscalerLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Armed by the constructor, since ExecuteAsync starts on another thread after StartAsync has returned.
    private readonly PeriodicTimer _timer = new(Period, time);
    private readonly ConditionalWeakTable<ServiceState, Entry> _entries = [];

    /// <summary>Evaluates every service that is due; the task ends with the evaluations.</summary>
    internal Task TickAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.WhenAll(
        services.WithReplicas.Select(service => EvaluateAsync(service, now, hurry: false, cancellationToken)));

    internal Task HurryAsync(ServiceState service, DateTimeOffset now, CancellationToken cancellationToken) =>
        EvaluateAsync(service, now, hurry: true, cancellationToken);

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RunRoundsAsync(stoppingToken), RunSignalsAsync(stoppingToken));

    private async Task RunRoundsAsync(CancellationToken cancellationToken)
    {
        while (await _timer.WaitForNextTickAsync(cancellationToken))
        {
            // Not awaited: each service keeps and reports its own evaluation.
            _ = TickAsync(time.GetUtcNow(), cancellationToken);
        }
    }

    private async Task RunSignalsAsync(CancellationToken cancellationToken)
    {
        await foreach (var service in signal.Reader.ReadAllAsync(cancellationToken))
        {
            _ = HurryAsync(service, time.GetUtcNow(), cancellationToken);
        }
    }

    private async Task EvaluateAsync(
        ServiceState service, DateTimeOffset now, bool hurry, CancellationToken cancellationToken)
    {
        var entry = _entries.GetValue(
            service, key => new Entry(new ServiceScaler(key, scaler, metrics, options.Value.ScaleDownWindow, logger)));

        // News that cannot be looked at now makes the next round look, whatever the service's own period.
        if (!entry.TryEnter())
        {
            entry.IsAwaited |= hurry;
            return;
        }

        try
        {
            if (hurry ? entry.Scaler.MayHurry(now) : entry.IsAwaited || entry.Scaler.IsDue(now, Period / 2))
            {
                entry.IsAwaited = false;
                await entry.Scaler.TickAsync(now, cancellationToken);
            }
            else
            {
                entry.IsAwaited |= hurry;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
        finally
        {
            entry.Leave();
        }
    }

    private sealed class Entry(ServiceScaler scaler)
    {
        private volatile bool _isAwaited;
        private int _entered;

        public bool IsAwaited
        {
            get => _isAwaited;
            set => _isAwaited = value;
        }

        public ServiceScaler Scaler { get; } = scaler;

        public bool TryEnter() => Interlocked.CompareExchange(ref _entered, 1, 0) == 0;

        public void Leave() => Volatile.Write(ref _entered, 0);
    }
}
