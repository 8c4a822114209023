using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Routing;

/// <summary>A service as requests see it: its queue, and the newest picture of its settings.</summary>
internal sealed class ServiceEntry(ServiceRoute route, ServiceQueue queue)
{
    private ServiceSnapshot _snapshot = new(route);

    public string Name { get; } = route.Service;

    public ServiceQueue Queue { get; } = queue;

    public ServiceSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public void Change(ServiceRoute route) => Volatile.Write(ref _snapshot, new(route));
}
