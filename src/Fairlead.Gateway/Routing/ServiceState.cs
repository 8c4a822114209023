using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Routing;

/// <summary>A service of this gateway: the newest picture of it, and its queue.</summary>
/// <remarks><see cref="Apply"/> is called by the directory, one call at a time; the rest by any thread.</remarks>
internal sealed class ServiceState
{
    private readonly GatewayOptions _options;
    private readonly QueueBudget _budget;
    private readonly TokenTrust _trust;
    private ServiceSnapshot _snapshot;

    /// <param name="route">The first picture.</param>
    /// <param name="options">Of the gateway.</param>
    /// <param name="budget">What waiting requests of all services share.</param>
    /// <param name="trust">Of the gateway.</param>
    /// <param name="open">Gives the queue, from its settings, its replicas, and what to call when a request had to
    /// wait.</param>
    /// <param name="queued">Called with this service when a request had to wait.</param>
    public ServiceState(
        ServiceRoute route, GatewayOptions options, QueueBudget budget, TokenTrust trust, QueueFactory open,
        Action<ServiceState> queued)
    {
        _options = options;
        _budget = budget;
        _trust = trust;
        _snapshot = ServiceSnapshot.From(route, trust, null);
        Queue = open(route.Service, QueueSettings.From(route, options, budget), route.Replicas, () => queued(this));
    }

    public string Name => _snapshot.Route.Service;

    public ServiceSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public ServiceQueue Queue { get; }

    public void Apply(ServiceRoute route)
    {
        Volatile.Write(ref _snapshot, ServiceSnapshot.From(route, _trust, _snapshot));
        Queue.Apply(QueueSettings.From(route, _options, _budget), route.Replicas);
    }
}
