namespace Fairlead.Gateway.Membership;

/// <summary>One run of a gateway.</summary>
/// <param name="Id">Its name, the same after a restart.</param>
/// <param name="Incarnation">Greater with each start.</param>
/// <param name="IsLeaving">It finishes what it has and coordinates nothing.</param>
internal readonly record struct Member(string Id, long Incarnation, bool IsLeaving = false);

/// <summary>Tells one view from all others.</summary>
internal readonly record struct ViewId(long Number, string Proposer);

/// <summary>Which gateways there are, as most of them agreed. Later views have a higher number; the name of the proposer
/// breaks a tie.</summary>
internal sealed record GatewayView(long Number, string Proposer, IReadOnlyList<Member> Members)
{
    /// <summary>What a gateway has that has just started.</summary>
    public static readonly GatewayView None = new(0, "", []);

    public ViewId Id => new(Number, Proposer);

    public bool IsLaterThan(GatewayView other) => Number != other.Number
        ? Number > other.Number
        : string.CompareOrdinal(Proposer, other.Proposer) > 0;

    public bool IsSameAs(GatewayView other) => Number == other.Number && Proposer == other.Proposer;

    public bool Contains(string id, long incarnation)
    {
        foreach (var member in Members)
        {
            if (member.Id == id)
            {
                return member.Incarnation == incarnation;
            }
        }

        return false;
    }

    public bool Contains(string id) => Members.Any(member => member.Id == id);

    public override string ToString() =>
        $"{Number}/{Proposer} [{string.Join(' ', Members.Select(member => member.Id))}]";
}
