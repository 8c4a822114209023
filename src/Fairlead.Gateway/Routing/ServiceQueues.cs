using System.Collections.Concurrent;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Peering;

namespace Fairlead.Gateway.Routing;

/// <summary>Gives a service its queue.</summary>
internal delegate ServiceQueue QueueFactory(
    string service, QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas, Action queued);

/// <summary>The queues of this gateway. One that is alone keeps them itself; otherwise its node does, which knows who
/// else has leases.</summary>
internal sealed class ServiceQueues(TimeProvider time, PeerService? peers = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, ServiceQueue> _queues = new(StringComparer.Ordinal);

    /// <summary>A queue for a service that is published. One that comes back gets the queue it had while leases of then
    /// are out, so that its replicas do not look empty.</summary>
    public ServiceQueue Open(
        string service, QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas, Action queued)
    {
        if (peers is not null)
        {
            return peers.Node.Publish(service, settings, replicas, queued);
        }

        foreach (var (name, known) in _queues)
        {
            if (known.IsOver && _queues.TryRemove(name, out _))
            {
                known.Dispose();
            }
        }

        var queue = _queues.GetOrAdd(service, _ => new ServiceQueue(settings, time, queued));
        queue.Reopen(settings, replicas, queued);
        return queue;
    }

    /// <summary>The service is no longer published: nobody waits in its queue any more.</summary>
    public void Close(string service)
    {
        if (peers is not null)
        {
            peers.Node.Withdraw(service);
        }
        else if (_queues.TryGetValue(service, out var queue))
        {
            queue.Close();
        }
    }

    public void Dispose()
    {
        foreach (var queue in _queues.Values.Concat(peers?.Node.Services.Select(static service => service.Queue) ?? []))
        {
            queue.Close();
            queue.Dispose();
        }
    }
}
