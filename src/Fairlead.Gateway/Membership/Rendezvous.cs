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
            var weight = Weight(service, member.Id);
            if (!member.IsLeaving && (best is null || weight > highest
                || weight == highest && string.CompareOrdinal(member.Id, best) < 0))
            {
                best = member.Id;
                highest = weight;
            }
        }

        return best;
    }

    // FNV-1a of both names, then the finish of MurmurHash3, which spreads the last characters over all bits.
    private static ulong Weight(string service, string member)
    {
        const ulong Prime = 1099511628211;
        var hash = 14695981039346656037;
        foreach (var character in service)
        {
            hash = (hash ^ character) * Prime;
        }

        hash = (hash ^ 0x1F) * Prime;
        foreach (var character in member)
        {
            hash = (hash ^ character) * Prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
