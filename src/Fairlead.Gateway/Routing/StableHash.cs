namespace Fairlead.Gateway.Routing;

/// <summary>A 64-bit hash that is the same in every process and release, evenly spread over all bits.</summary>
internal static class StableHash
{
    /// <summary>Of two texts that belong together.</summary>
    /// <remarks>FNV-1a of both with a zero between them, then the mix of splitmix64: FNV's high bits differ little between short
    /// texts.</remarks>
    public static ulong Of(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        const ulong Offset = 14695981039346656037;
        const char Between = '\0';

        var hash = Add(Add(Add(Offset, first), [Between]), second);
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        const ulong Prime = 1099511628211;
        foreach (var character in text)
        {
            hash = (hash ^ character) * Prime;
        }

        return hash;
    }
}
