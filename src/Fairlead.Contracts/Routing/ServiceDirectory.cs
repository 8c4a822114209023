using System.Text.Json;
using Fairlead.Contracts.Api;

namespace Fairlead.Contracts.Routing;

/// <summary>The routes as last published, and who watches them. Whoever knows the services publishes here. Safe to use from several threads.</summary>
public sealed class ServiceDirectory : IServiceDirectory
{
    // Held while observers are called: that is what "in order, one call at a time" and "goes on only after observers
    // have returned" mean. Observers are quick and call nothing of ours.
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Published> _routes = new(StringComparer.Ordinal);
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
            foreach (var published in _routes.Values)
            {
                observer.OnChanged(published.Route);
            }

            _observers.Add(observer);
        }

        return new Subscription(this, observer);
    }

    /// <summary>Adds or replaces the route of a service. Observers hear of it only when it says something else than the last
    /// one did, so whoever watches files or objects may publish everything at every event.</summary>
    public void Publish(ServiceRoute route)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(route, ContractsJson.Default.ServiceRoute);
        lock (_gate)
        {
            if (_routes.TryGetValue(route.Service, out var last) && last.Content.AsSpan().SequenceEqual(content))
            {
                return;
            }

            _routes[route.Service] = new Published(route, content);
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

    /// <param name="Route">As it was given.</param>
    /// <param name="Content">All it says, to compare: its members hold lists and dictionaries, which know no equality.</param>
    private sealed record Published(ServiceRoute Route, byte[] Content);

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
