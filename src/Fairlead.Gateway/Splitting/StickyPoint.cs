namespace Fairlead.Gateway.Splitting;

/// <summary>Gives the value of a sticky header its place among an endpoint's versions: the same in every gateway, and
/// evenly spread, so that a changed percentile moves only those callers whose range has moved.</summary>
internal static class StickyPoint
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>From 0 to below 100.</summary>
    /// <param name="endpoint">Without it, one caller would have the same luck everywhere.</param>
    /// <param name="value">The header's.</param>
    public static double Of(ReadOnlySpan<char> endpoint, ReadOnlySpan<char> value)
    {
        var hash = Add(Add(FnvOffset, endpoint) * FnvPrime, value);

        // FNV's high bits differ little between short texts: the mix of splitmix64 spreads them.
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        hash ^= hash >> 31;
        return (hash >> 11) * (100.0 / (1UL << 53));
    }

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            hash = (hash ^ character) * FnvPrime;
        }

        return hash;
    }
}
