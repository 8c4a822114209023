using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Splitting;

/// <summary>Gives the value of a sticky header its place among an endpoint's versions: the same in every gateway, and
/// evenly spread, so that a changed percentile moves only those callers whose range has moved.</summary>
internal static class StickyPoint
{
    /// <summary>From 0 to below 100.</summary>
    /// <param name="endpoint">Without it, one caller would have the same luck everywhere.</param>
    /// <param name="value">The header's.</param>
    public static double Of(ReadOnlySpan<char> endpoint, ReadOnlySpan<char> value) =>
        (StableHash.Of(endpoint, value) >> 11) * (100.0 / (1UL << 53));
}
