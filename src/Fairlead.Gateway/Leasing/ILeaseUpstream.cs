using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>The coordinator of a service on another gateway, as the queue here sees it.</summary>
/// <remarks>Called under the queue's lock, so that the order of messages is that of events; only puts into a buffer.</remarks>
internal interface ILeaseUpstream
{
    void Request(WaitingRequest request);

    void Cancel(long id);

    void Release(long id, LeaseEnd end);

    /// <summary>All that this gateway holds and wants of the service: the coordinator replaces its book by it.</summary>
    void Report(IReadOnlyList<HeldLease> leases, IReadOnlyList<WaitingRequest> waiting);
}

/// <summary>A lease that is in use.</summary>
/// <param name="Id">Its number at the gateway that holds it.</param>
/// <param name="Replica">Where.</param>
internal readonly record struct HeldLease(long Id, ReplicaEndpoint Replica);

/// <summary>A request that asks the coordinator for a lease on a place. Visits only do when no replica is usable.</summary>
/// <param name="Id">Its number at its gateway; also that of the lease.</param>
/// <param name="Waited">Time since it arrived.</param>
/// <param name="IsRetry">It was let in before, so the bound of the queue does not count.</param>
/// <param name="Urgency">Those with a lower one are served first.</param>
/// <param name="OnlyIfFree">It does not wait.</param>
internal readonly record struct WaitingRequest(
    long Id, TimeSpan Waited, bool IsRetry, byte Urgency = Urgency.Default, bool OnlyIfFree = false);
