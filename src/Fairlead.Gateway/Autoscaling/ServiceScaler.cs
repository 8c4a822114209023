using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Autoscaling;

/// <summary>Carries out the decisions for one service: up with a call, down by draining one replica and removing it.</summary>
/// <remarks>One call of <see cref="TickAsync"/> at a time.</remarks>
internal sealed partial class ServiceScaler(
    ServiceState service, IReplicaScaler scaler, GatewayMetrics metrics, TimeSpan window, ILogger logger)
{
    // A removal that is never published must not stop scaling for ever.
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(30);

    private readonly LoadWindow _window = new(window);
    private string? _victim;
    private DateTimeOffset? _removedAt;
    private DateTimeOffset _holdsUntil = DateTimeOffset.MinValue;
    private bool _wasFollower;
    private DateTimeOffset _evaluatedAt = DateTimeOffset.MinValue;

    /// <summary>Whether the service's own refresh period has passed; a little early is on time.</summary>
    public bool IsDue(DateTimeOffset now, TimeSpan tolerance)
    {
        var period = TimeSpan.FromSeconds(service.Snapshot.Route.Spec.AutoScaler.RefreshPeriodInSeconds);
        return _evaluatedAt == DateTimeOffset.MinValue || now - _evaluatedAt >= period - tolerance;
    }

    /// <summary>Whether a request that waits is worth another look already.</summary>
    public bool MayHurry(DateTimeOffset now) =>
        _evaluatedAt == DateTimeOffset.MinValue || now - _evaluatedAt >= TimeSpan.FromMilliseconds(100);

    /// <summary>Decides and acts once. Failures of the compute target are logged; the next tick tries again.</summary>
    public async Task TickAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _evaluatedAt = now;
        var route = service.Snapshot.Route;
        if (!route.Spec.IsAutoscaled || !IsCoordinator(now))
        {
            StopDrain();
            return;
        }

        SettleRemoval(now);

        // The victim of a removal that is not published yet still counts in what is published.
        var present = Math.Max(0, route.DesiredReplicas - (_removedAt is null ? 0 : 1));
        var queue = service.Queue.Snapshot();
        var snapshot = ScaleSnapshot.From(route.Spec, present, queue);
        _window.Record(now, ScalePolicy.Desired(snapshot));
        var decision = ScalePolicy.Decide(snapshot, _window.Highest(now));
        try
        {
            switch (decision.Direction)
            {
                case ScaleDirection.Up:
                    StopDrain();
                    LogUp(service.Name, present, decision.Replicas, queue.Busy, queue.Queued);
                    await scaler.ScaleUpAsync(service.Name, decision.Replicas, cancellationToken);
                    metrics.Scaled(service.Name, "up");
                    break;
                case ScaleDirection.Down when now < _holdsUntil:
                    break;
                case ScaleDirection.Down:
                    await DownAsync(queue, present, decision.Replicas, now, cancellationToken);
                    break;
                case ScaleDirection.Hold:
                    StopDrain();
                    break;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException
            || !cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception, service.Name, decision.Direction, decision.Replicas);
        }
    }

    private async Task DownAsync(
        QueueSnapshot queue, int present, int target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_removedAt is not null)
        {
            return;
        }

        if (_victim is null)
        {
            // Replicas that start are not ours to remove; a ready one is not given up for them.
            if (queue.LiveReplicas <= target)
            {
                return;
            }

            _victim = service.Queue.BeginDrain();
        }

        if (_victim is not { } victim || service.Queue.DrainOf(victim) == DrainState.Busy)
        {
            return;
        }

        LogDown(service.Name, present, present - 1, victim);
        await scaler.RemoveReplicaAsync(service.Name, victim, cancellationToken);
        _removedAt = now;
        metrics.Scaled(service.Name, "down");
        SettleRemoval(now);
    }

    // The removal is over when the directory no longer offers the replica.
    private void SettleRemoval(DateTimeOffset now)
    {
        if (_removedAt is { } removedAt
            && (service.Queue.DrainOf(_victim!) == DrainState.Gone || now - removedAt > RemovalPatience))
        {
            service.Queue.CancelDrain(_victim!);
            _victim = null;
            _removedAt = null;
        }
    }

    // Only the gateway that keeps the queue knows the load. One that takes over knows nothing of the time before, so it
    // removes nothing for a whole window.
    private bool IsCoordinator(DateTimeOffset now)
    {
        if (service.Queue.Role != QueueRole.Granting)
        {
            _wasFollower = true;
            return false;
        }

        if (_wasFollower)
        {
            _wasFollower = false;
            _holdsUntil = now + window;
        }

        return true;
    }

    private void StopDrain()
    {
        if (_victim is { } victim && _removedAt is null)
        {
            service.Queue.CancelDrain(victim);
            _victim = null;
        }
    }

    [LoggerMessage(LogLevel.Information, "Scaling {Service} up from {Replicas} to {Desired}: {Busy} busy, {Queued} queued")]
    private partial void LogUp(string service, int replicas, int desired, int busy, int queued);

    [LoggerMessage(LogLevel.Information, "Scaling {Service} down from {Replicas} to {Desired}: removing {Replica}")]
    private partial void LogDown(string service, int replicas, int desired, string replica);

    [LoggerMessage(LogLevel.Warning, "Scaling {Service} {Direction} to {Desired} failed; the next round tries again")]
    private partial void LogFailed(Exception exception, string service, ScaleDirection direction, int desired);
}
