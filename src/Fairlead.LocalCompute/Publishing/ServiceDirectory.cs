using Fairlead.Contracts.Routing;

namespace Fairlead.LocalCompute.Publishing;

/// <summary>The routes as last published, and who watches them.</summary>
internal sealed class ServiceDirectory : IServiceDirectory
{
    // Held while observers are called: that is what "in order, one call at a time" and "goes on only after observers
    // have returned" mean. Observers are quick and call nothing of ours.
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ServiceRoute> _routes = new(StringComparer.Ordinal);
    private readonly List<IServiceDirectoryObserver> _observers = [];

    public IDisposable Subscribe(IServiceDirectoryObserver observer)
    {
        lock (_gate)
        {
            foreach (var route in _routes.Values)
            {
                observer.OnChanged(route);
            }

            _observers.Add(observer);
        }

        return new Subscription(this, observer);
    }

    public void Publish(ServiceRoute route)
    {
        lock (_gate)
        {
            _routes[route.Service] = route;
            foreach (var observer in _observers)
            {
                observer.OnChanged(route);
            }
        }
    }

    public void Remove(string service)
    {
        lock (_gate)
        {
            if (_routes.Remove(service))
            {
                foreach (var observer in _observers)
                {
                    observer.OnRemoved(service);
                }
            }
        }
    }

    private sealed class Subscription(ServiceDirectory directory, IServiceDirectoryObserver observer) : IDisposable
    {
        public void Dispose()
        {
            lock (directory._gate)
            {
                directory._observers.Remove(observer);
            }
        }
    }
}
