using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>What a queue knows of one replica. Guarded by the queue's lock.</summary>
internal sealed class ReplicaState(ReplicaEndpoint endpoint)
{
    public ReplicaEndpoint Endpoint { get; set; } = endpoint;

    /// <summary>Scoring requests in it now.</summary>
    public int Held { get; set; }

    /// <summary>Requests in it that take no place: health and swagger.</summary>
    public int Visits { get; set; }

    /// <summary>Chosen by the autoscaler to go.</summary>
    public bool Victim { get; set; }

    /// <summary>Not chosen until this timestamp; null when it may be.</summary>
    public long? ExcludedUntil { get; set; }

    /// <summary>Times in a row that it failed after a back-off; 0 after a request that ended well.</summary>
    public int Failures { get; set; }

    /// <summary>Left out for longer, because it fails again and again. A new publication does not change that.</summary>
    public bool IsEjected { get; set; }

    /// <summary>Part of the service's capacity, though perhaps not reachable at this moment.</summary>
    public bool IsLive => !Endpoint.Draining && !Victim;

    public bool IsUsable => IsLive && ExcludedUntil is null;

    public bool IsFree => IsUsable && Held < Endpoint.MaxConcurrentRequests;

    /// <summary>A replica is the same one when id and address are.</summary>
    public bool Is(ReplicaEndpoint endpoint) => Endpoint.Id == endpoint.Id && Endpoint.Address == endpoint.Address;

    public bool IsEmpty => Held == 0 && Visits == 0;
}
