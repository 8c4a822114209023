using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>The right to have one request in one replica, until it is released.</summary>
/// <param name="Endpoint">The replica.</param>
/// <param name="Slot">Its place in the table of leases.</param>
/// <param name="Token">Tells it from earlier leases in the same place.</param>
internal readonly record struct Lease(ReplicaEndpoint Endpoint, int Slot, long Token);

/// <summary>What a request asks for.</summary>
/// <param name="Kind">Whether it takes one of a replica's places.</param>
/// <param name="Ticket">Null at first; for another attempt the ticket of the first, which keeps its place in the order.</param>
/// <param name="Bytes">What the gateway holds of it while it waits.</param>
/// <param name="Urgency">Those with a lower one are served first.</param>
/// <param name="OnlyIfFree">It does not wait: <see cref="LeaseOutcome.QueueFull"/> when no place is free.</param>
internal readonly record struct LeaseRequest(
    LeaseKind Kind, LeaseTicket? Ticket = null, int Bytes = 0, byte Urgency = Urgency.Default, bool OnlyIfFree = false);

/// <summary>When a request arrived.</summary>
/// <param name="Sequence">Its number in the order of arrival.</param>
/// <param name="ArrivedAt">Timestamp of the queue's clock.</param>
internal readonly record struct LeaseTicket(long Sequence, long ArrivedAt);

/// <summary>The answer to a <see cref="LeaseRequest"/>.</summary>
/// <param name="Outcome">Whether it was granted, and if not why.</param>
/// <param name="Lease">Meaningful when granted.</param>
/// <param name="Ticket">For another attempt.</param>
/// <param name="Waited">Time in the queue.</param>
internal readonly record struct LeaseResult(LeaseOutcome Outcome, Lease Lease, LeaseTicket Ticket, TimeSpan Waited)
{
    /// <summary>Ends the use of the lease: the request must be broken off at once. Never for a gateway that is alone.</summary>
    public CancellationToken Fence { get; init; }

    /// <summary>The service had no replica when the request began to wait.</summary>
    public bool IsColdStart { get; init; }
}

/// <summary>Whether a request takes one of the places of a replica.</summary>
internal enum LeaseKind
{
    /// <summary>Runs the model: counts against the replica's limit.</summary>
    Scoring,

    /// <summary>Answered by the scoring host itself (health, swagger): any replica that takes requests, at once. Waits like
    /// a scoring request only when there is none.</summary>
    Visit,
}

/// <summary>Why a lease was granted or not.</summary>
internal enum LeaseOutcome
{
    Granted,
    QueueFull,
    QueueTimeout,
    ReplicasStarting,
    NoReadyReplica,
    ServiceRemoved,
    Cancelled,

    /// <summary>The gateway that keeps the queue cannot be reached, or this one is cut off from most gateways.</summary>
    CoordinatorUnavailable,

    /// <summary>What waits for the service holds as many bytes as it may. Decided where the request came, never sent.</summary>
    QueueBytesFull,

    /// <summary>What waits for all services of this gateway holds as many bytes as it may. Likewise.</summary>
    GatewayQueueFull,
}

/// <summary>How a lease ended.</summary>
internal enum LeaseEnd
{
    Completed,

    /// <summary>The replica said that it is full or draining.</summary>
    Refused,

    /// <summary>No connection could be made, or it broke before or in the answer.</summary>
    Unreachable,

    /// <summary>The replica answered with a server error (500 to 599), or not in time. It may be user code's, or the
    /// request's.</summary>
    Failed,

    /// <summary>Nothing is known of the replica: the client, or the gateway that held the lease, has gone.</summary>
    Abandoned,
}
