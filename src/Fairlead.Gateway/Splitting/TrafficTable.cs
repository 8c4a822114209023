using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Splitting;

/// <summary>The versions of an endpoint as ranges of 0 to 100, in their order; what is left at the end is the default's.</summary>
/// <remarks>Immutable: requests in flight keep the one they began with.</remarks>
internal sealed class TrafficTable
{
    private readonly double[] _ends;

    public TrafficTable(TrafficSplit split)
    {
        Versions = split.Versions;
        StickyHeader = split.StickyHeader;
        Shadows = [.. split.Versions.Where(static version => version.ShadowPercentile > 0)];
        Default = split.Versions.First(version => version.Name == split.DefaultVersion);
        _ends = new double[split.Versions.Count];
        var end = 0m;
        for (var i = 0; i < _ends.Length; i++)
        {
            end += split.Versions[i].TrafficPercentile;
            _ends[i] = (double)end;
        }
    }

    public IReadOnlyList<VersionShare> Versions { get; }

    public VersionShare Default { get; }

    public string? StickyHeader { get; }

    /// <summary>Versions that get copies of requests, and whose answers nobody gets.</summary>
    public IReadOnlyList<VersionShare> Shadows { get; }

    /// <summary>The version whose range holds the point, from 0 to below 100.</summary>
    public VersionShare Choose(double point)
    {
        for (var i = 0; i < _ends.Length; i++)
        {
            if (point < _ends[i])
            {
                return Versions[i];
            }
        }

        return Default;
    }
}
