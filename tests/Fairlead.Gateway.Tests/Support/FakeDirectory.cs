using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A directory that publishes what a test says, in order, one call at a time.</summary>
internal sealed class FakeDirectory : IServiceDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServiceRoute> _routes = [];
    private IServiceDirectoryObserver? _observer;

    public IDisposable Subscribe(IServiceDirectoryObserver observer)
    {
        lock (_lock)
        {
            _observer = observer;
            foreach (var route in _routes.Values)
            {
                observer.OnChanged(route);
            }
        }

        return new Subscription(this);
    }

    public void Publish(ServiceRoute route)
    {
        lock (_lock)
        {
            _routes[route.Service] = route;
            _observer?.OnChanged(route);
        }
    }

    public void Remove(string service)
    {
        lock (_lock)
        {
            _routes.Remove(service);
            _observer?.OnRemoved(service);
        }
    }

    private sealed class Subscription(FakeDirectory directory) : IDisposable
    {
        public void Dispose()
        {
            lock (directory._lock)
            {
                directory._observer = null;
            }
        }
    }
}
