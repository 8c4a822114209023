namespace Fairlead.Contracts.Routing;

/// <summary>The routes as last published, and who watches them. Whoever knows the services publishes here. Safe to use from several threads.</summary>
public sealed class ServiceDirectory : IServiceDirectory
{
    // Held while observers are called: that is what "in order, one call at a time" and "goes on only after observers
    // have returned" mean. Observers are quick and call nothing of ours.
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ServiceRoute> _routes = new(StringComparer.Ordinal);
    private readonly List<IServiceDirectoryObserver> _observers = [];

    /// <summary>The names of what is published now, in their order.</summary>
    public IReadOnlyList<string> Services
    {
        get
        {
            lock (_gate)
            {
                return [.. _routes.Keys];
            }
        }
    }

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

    /// <summary>Adds or replaces the route of a service.</summary>
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

    /// <summary>Takes a service out; nothing when it is not there.</summary>
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
