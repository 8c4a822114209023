using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;

namespace Fairlead.Gateway.Coordination;

/// <summary>What one gateway tells another. Messages of a connection arrive in order, or it ends.</summary>
internal readonly record struct PeerMessage(PeerMessageKind Kind)
{
    /// <summary>Of <see cref="PeerMessageKind.Heartbeat"/>.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>Of <see cref="PeerMessageKind.SyncBegin"/>.</summary>
    public long ViewNumber { get; init; }

    /// <summary>Of <see cref="PeerMessageKind.SyncBegin"/>.</summary>
    public string? ViewProposer { get; init; }

    /// <summary>The round of the follower to which all but heartbeats belong. What belongs to another round than the newest
    /// is void: it says things of a state that has been reported anew since.</summary>
    public long Round { get; init; }

    /// <summary>Of all that concern a service.</summary>
    public string? Service { get; init; }

    /// <summary>The number of a request and of its lease, at the gateway that it came to.</summary>
    public long Id { get; init; }

    /// <summary>Of <see cref="PeerMessageKind.Request"/>, with its number.</summary>
    public WaitingRequest Request { get; init; }

    public LeaseEnd End { get; init; }

    public LeaseOutcome Outcome { get; init; }

    public ReplicaEndpoint? Replica { get; init; }

    public IReadOnlyList<HeldLease>? Leases { get; init; }

    public IReadOnlyList<WaitingRequest>? Waiting { get; init; }
}

/// <summary>The kinds of <see cref="PeerMessage"/>. The numbers are on the wire.</summary>
internal enum PeerMessageKind : byte
{
    Heartbeat = 1,

    /// <summary>Follower to coordinator: what follows is said in this view; earlier messages are void.</summary>
    SyncBegin = 2,

    /// <summary>All that the sender holds and wants of a service.</summary>
    Report = 3,

    /// <summary>Services without a report have nothing.</summary>
    SyncEnd = 4,

    /// <summary>Coordinator to follower: all reports of the round are in the books.</summary>
    SyncAccepted = 5,

    Request = 6,
    Cancel = 7,
    Release = 8,
    Grant = 9,
    Refuse = 10,

    /// <summary>The sender holds nothing, and will do nothing any more.</summary>
    Farewell = 11,

    /// <summary>The answer to <see cref="Farewell"/>.</summary>
    SeenOff = 12,
}
