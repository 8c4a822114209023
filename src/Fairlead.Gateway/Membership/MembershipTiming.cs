namespace Fairlead.Gateway.Membership;

/// <summary>The times of the membership rule (docs/adr/0007).</summary>
internal sealed record MembershipTiming
{
    /// <summary>How often gateways hear from each other. Default 250 ms.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Silence after which a gateway is left out of the next view. Default 1 s.</summary>
    public TimeSpan Suspect => 4 * Heartbeat;

    /// <summary>How long an agreement of another gateway counts, from the moment it was asked for. Default 2 s.</summary>
    public TimeSpan Validity => 8 * Heartbeat;

    /// <summary>How much earlier a gateway stops than it must: breaking requests off takes a moment. Default 250 ms.</summary>
    public TimeSpan Guard => Heartbeat;

    /// <summary>How long a new coordinator waits for gateways that do not report: longer than any of them may go on, with
    /// clocks that differ by a tenth in speed. Default 2.5 s.</summary>
    public TimeSpan Settle => 10 * Heartbeat;

    /// <summary>The longest time from the loss of a coordinator to the first grant of the next: it is missed, left out, and
    /// waited for, with messages between. Default 5 s.</summary>
    public TimeSpan Standstill => 20 * Heartbeat;
}
