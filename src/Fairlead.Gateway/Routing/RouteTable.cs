using System.Collections.Frozen;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Listening;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Routing;

/// <summary>All services by name, kept up to date by the compute target's directory.</summary>
/// <remarks>Read by any thread without a lock; written by the directory, one call at a time.</remarks>
internal sealed class RouteTable(TimeProvider time, IOptions<GatewayOptions> options)
    : IServiceDirectoryObserver, IDisposable
{
    private FrozenDictionary<string, ServiceEntry> _entries = FrozenDictionary<string, ServiceEntry>.Empty;

    /// <summary>Told of each request that had to queue, by service name. Must be quick.</summary>
    public Action<string>? Queued { get; set; }

    public IReadOnlyCollection<ServiceEntry> Services => Volatile.Read(ref _entries).Values;

    public ServiceEntry? Find(ReadOnlySpan<char> service) =>
        Volatile.Read(ref _entries).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(service, out var entry)
            ? entry
            : null;

    public void OnChanged(ServiceRoute route)
    {
        var terms = QueueTerms.Of(route.Spec, options.Value.ColdStartWait);
        if (Find(route.Service) is { } entry)
        {
            entry.Change(route);
        }
        else
        {
            entry = new(route, new ServiceQueue(time, terms, () => Queued?.Invoke(route.Service)));
            Publish(_entries.Values.Append(entry));
        }

        entry.Queue.Apply(route.Replicas, terms);
    }

    public void OnRemoved(string service)
    {
        if (Find(service) is { } entry)
        {
            Publish(_entries.Values.Where(other => other != entry));
            entry.Queue.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var entry in Services)
        {
            entry.Queue.Dispose();
        }
    }

    private void Publish(IEnumerable<ServiceEntry> entries) =>
        Volatile.Write(ref _entries, entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal));
}
