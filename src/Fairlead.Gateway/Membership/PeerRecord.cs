namespace Fairlead.Gateway.Membership;

/// <summary>What a gateway knows of another one. Timestamps of the own clock; null: never.</summary>
internal sealed class PeerRecord
{
    public Member Member { get; set; }

    public long? HeardAt { get; set; }

    /// <summary>The peer's stamp of its newest heartbeat.</summary>
    public long Stamp { get; set; }

    public bool HearsMajority { get; set; }

    public IReadOnlyList<Member> Heard { get; set; } = [];

    /// <summary>The view of the newest heartbeat.</summary>
    public GatewayView View { get; set; } = GatewayView.None;

    /// <summary>The view the peer was in directly before.</summary>
    public ViewId Previous { get; set; }

    /// <summary>The peer was in <see cref="View"/> at this time or later.</summary>
    public long? AgreedAt { get; set; }

    /// <summary>That run of the peer has said that it is over.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Start of the newest attempt to connect that was refused: nobody listens at its address, so the process
    /// that was heard before has ended.</summary>
    public long? RefusedAt { get; set; }
}
