using Fairlead.Gateway.Peering;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.SelfScaling;

/// <summary>Makes the gateways larger or smaller, more or fewer, while this one is the one that decides.</summary>
internal sealed partial class SelfScaler(
    IGatewayFleet fleet, PeerService peers, IOptions<GatewayOptions> options, TimeProvider time, ILogger<SelfScaler> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.Value.SelfScaling.Rules is { } rules
        ? fleet.LeadAsync(token => RunAsync(rules, token), stoppingToken)
        : Task.CompletedTask;

    /// <summary>Looks once, and makes one change at most.</summary>
    internal async Task LookAsync(
        SelfScalingRules rules, LoadTrend trend, IReadOnlyCollection<GatewayLoad> loads, CancellationToken cancellationToken)
    {
        if (await fleet.ReadAsync(cancellationToken) is not { } size)
        {
            trend.Changed();
            return;
        }

        // An idle moment asks the API server for nothing but this.
        var signals = trend.Look(size, loads);
        var room = signals.SlowSince >= rules.SlowFor ? await fleet.FindRoomAsync(cancellationToken) : default;
        var next = SelfScalingPolicy.Decide(rules, size, signals, room);
        if (next != size)
        {
            LogResized(size.Pods, size.MilliCpu, next.Pods, next.MilliCpu, signals.CpuUse, signals.SlowSince);
            await fleet.ResizeAsync(next, cancellationToken);
            trend.Changed();
        }
    }

    private async Task RunAsync(SelfScalingRules rules, CancellationToken cancellationToken)
    {
        var trend = new LoadTrend(rules, time);
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await LookAsync(rules, trend, peers.Node.Loads, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Gateways: from {Pods} with {MilliCpu} m CPU each to {NewPods} with {NewMilliCpu} m; CPU use {Use:P0}, routing slow for {Slow}")]
    private partial void LogResized(int pods, int milliCpu, int newPods, int newMilliCpu, double use, TimeSpan slow);

    [LoggerMessage(LogLevel.Warning, "The gateways could not be looked after; the next round tries again")]
    private partial void LogFailed(Exception exception);
}
