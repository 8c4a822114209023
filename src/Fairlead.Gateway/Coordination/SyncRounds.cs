using Fairlead.Gateway.Membership;
using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Coordination;

/// <summary>A round in which another gateway told this one, as coordinator, what it holds and wants.</summary>
internal sealed class IncomingRound(string peer, GatewayView view, long number)
{
    public string Peer => peer;

    public GatewayView View => view;

    /// <summary>The peer's number of it.</summary>
    public long Number => number;

    public bool IsComplete { get; set; }
}

/// <summary>A round in which this gateway told another one, as follower, what it holds and wants.</summary>
internal sealed class OutgoingRound(string peer, GatewayView view, long number)
{
    public string Peer => peer;

    public GatewayView View => view;

    public long Number => number;
}

/// <summary>The state of the connection to another gateway. Guarded by the node's lock, but for the two rounds, which are
/// read by the one reader of the connection.</summary>
internal sealed class PeerState(string id)
{
    private IncomingRound? _incoming;
    private OutgoingRound? _outgoing;

    public string Id => id;

    public bool IsLinked { get; set; }

    /// <summary>When the connection was lost.</summary>
    public long UnlinkedAt { get; set; }

    /// <summary>What it said last of what it has to do.</summary>
    public GatewayLoad Load { get; set; }

    /// <summary>It knows that this gateway has ended.</summary>
    public bool HasSeenOff { get; set; }

    /// <summary>The services that it coordinates are refused, since it was gone for too long.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>What the peer says is valid in this round; null: nothing is.</summary>
    public IncomingRound? Incoming
    {
        get => Volatile.Read(ref _incoming);
        set => Volatile.Write(ref _incoming, value);
    }

    /// <summary>The newest round that was sent: only its grants count.</summary>
    public OutgoingRound? Outgoing
    {
        get => Volatile.Read(ref _outgoing);
        set => Volatile.Write(ref _outgoing, value);
    }
}
