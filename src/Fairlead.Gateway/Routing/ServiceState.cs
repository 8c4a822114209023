using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Routing;

/// <summary>A service of this gateway: the newest picture of it, and its queue.</summary>
/// <remarks><see cref="Apply"/> is called by the directory, one call at a time; the rest by any thread.</remarks>
internal sealed class ServiceState : IDisposable
{
    private readonly GatewayOptions _options;
    private ServiceSnapshot _snapshot;

    public ServiceState(ServiceRoute route, GatewayOptions options, TimeProvider time, Action<ServiceState> queued)
    {
        _options = options;
        _snapshot = ServiceSnapshot.From(route);
        Queue = new ServiceQueue(QueueSettings.From(route, options), time, () => queued(this));
        Queue.Apply(QueueSettings.From(route, options), route.Replicas);
    }

    public string Name => _snapshot.Route.Service;

    public ServiceSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public ServiceQueue Queue { get; }

    public void Apply(ServiceRoute route)
    {
        Volatile.Write(ref _snapshot, ServiceSnapshot.From(route));
        Queue.Apply(QueueSettings.From(route, _options), route.Replicas);
    }

    public void Dispose()
    {
        Queue.Close();
        Queue.Dispose();
    }
}
