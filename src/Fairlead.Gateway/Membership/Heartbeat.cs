using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Membership;

/// <summary>What gateways tell each other all the time.</summary>
internal sealed record Heartbeat
{
    public required Member From { get; init; }

    /// <summary>The sender's clock.</summary>
    public required long Stamp { get; init; }

    /// <summary>The newest <see cref="Stamp"/> the sender has from the receiver, and of which run of it.</summary>
    public required long Echo { get; init; }

    public required long EchoIncarnation { get; init; }

    public required GatewayView View { get; init; }

    /// <summary>The view this run of the sender was in directly before.</summary>
    public required ViewId Previous { get; init; }

    /// <summary>The sender hears enough gateways to propose a view.</summary>
    public required bool HearsMajority { get; init; }

    /// <summary>What the sender has to do.</summary>
    public GatewayLoad Load { get; init; }

    /// <summary>Gateways the sender hears itself.</summary>
    public required IReadOnlyList<Member> Heard { get; init; }
}
