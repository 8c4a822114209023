using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Membership;

/// <summary>Which gateway keeps the queue of a service: the one with the highest hash of both names. All gateways with the
/// same view agree, and when a member comes or goes only the services of that member move.</summary>
internal static class Rendezvous
{
    /// <returns>The id of the coordinator; null when no member may be one.</returns>
    public static string? Coordinator(string service, IReadOnlyList<Member> members)
    {
        string? best = null;
        ulong highest = 0;
        foreach (var member in members)
        {
            var weight = StableHash.Of(service, member.Id);
            if (!member.IsLeaving && (best is null || weight > highest
                || weight == highest && string.CompareOrdinal(member.Id, best) < 0))
            {
                best = member.Id;
                highest = weight;
            }
        }

        return best;
    }
}
