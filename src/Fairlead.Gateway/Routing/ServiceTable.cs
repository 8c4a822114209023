using System.Collections.Concurrent;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Autoscaling;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Routing;

/// <summary>The services of the compute target, kept as its directory publishes them.</summary>
/// <remarks>The directory calls one at a time and waits for the return; requests read at any time.</remarks>
internal sealed partial class ServiceTable(
    IServiceDirectory directory,
    ScaleSignal scale,
    ReplicaConnections connections,
    IOptions<GatewayOptions> options,
    ServiceQueues queues,
    TokenTrust trust,
    ReplicaStartMetrics starts,
    ILogger<ServiceTable> logger) : IServiceDirectoryObserver, IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, ServiceState> _services = new(StringComparer.Ordinal);
    private readonly QueueBudget _budget = new(options.Value.MaxQueuedBytes);
    private IDisposable? _subscription;

    public IEnumerable<ServiceState> All => _services.Select(static pair => pair.Value);

    /// <summary>Those that have replicas of their own: all but the endpoints.</summary>
    public IEnumerable<ServiceState> WithReplicas => All.Where(static service => service.Snapshot.Traffic is null);

    public ServiceState? Find(ReadOnlySpan<char> name) =>
        _services.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var service) ? service : null;

    public void OnChanged(ServiceRoute route)
    {
        if (_services.TryGetValue(route.Service, out var service))
        {
            var before = service.Snapshot.Route;
            service.Apply(route);
            Drop(before.Replicas, route.Replicas);
            NoteStarts(service, before.Replicas, route.Replicas);
            WarnIfOpen(route, before);
            LogChanged(route.Service, route.Replicas.Count, route.DesiredReplicas);
        }
        else
        {
            _services[route.Service] = new ServiceState(route, options.Value, _budget, trust, queues.Open, scale.Raise);
            LogAdded(route.Service, route.Replicas.Count, route.DesiredReplicas);
            WarnIfOpen(route, null);
        }
    }

    public void OnRemoved(string service)
    {
        if (_services.TryRemove(service, out var state))
        {
            queues.Close(service);
            Drop(state.Snapshot.Route.Replicas, []);
            LogRemoved(service);
        }
    }

    private void WarnIfOpen(ServiceRoute route, ServiceRoute? before)
    {
        if (IsOpen(route) && (before is null || !IsOpen(before)))
        {
            LogOpen(route.Service);
        }

        static bool IsOpen(ServiceRoute route) => route.Spec is { AuthEnabled: false, TokenAuthEnabled: false };
    }

    private void Drop(IReadOnlyList<ReplicaEndpoint> before, IReadOnlyList<ReplicaEndpoint> now)
    {
        foreach (var replica in before)
        {
            if (!now.Any(other => other.Address == replica.Address))
            {
                connections.Drop(replica.Address);
            }
        }
    }

    // One gateway tells of a replica, and one that has just started does not tell of those it finds.
    private void NoteStarts(ServiceState service, IReadOnlyList<ReplicaEndpoint> before, IReadOnlyList<ReplicaEndpoint> now)
    {
        if (service.Queue.Role != QueueRole.Granting)
        {
            return;
        }

        foreach (var replica in now)
        {
            if (replica.Start is { } start && !before.Any(other => other.Id == replica.Id && other.Address == replica.Address))
            {
                starts.Started(service.Name, start);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = directory.Subscribe(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription?.Dispose();

    [LoggerMessage(LogLevel.Information, "Routing to {Service}: {Replicas} replicas, {Desired} wanted")]
    private partial void LogAdded(string service, int replicas, int desired);

    [LoggerMessage(LogLevel.Warning, "Service {Service} has no authentication: whoever reaches the gateway may call it")]
    private partial void LogOpen(string service);

    [LoggerMessage(LogLevel.Debug, "Route of {Service} changed: {Replicas} replicas, {Desired} wanted")]
    private partial void LogChanged(string service, int replicas, int desired);

    [LoggerMessage(LogLevel.Information, "No longer routing to {Service}")]
    private partial void LogRemoved(string service);
}
