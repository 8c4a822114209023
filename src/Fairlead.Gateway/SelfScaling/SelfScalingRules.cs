using Fairlead.Contracts.Computes;

namespace Fairlead.Gateway.SelfScaling;

/// <summary>Thresholds, times and bounds by which the gateways of one cluster grow and shrink.</summary>
internal sealed record SelfScalingRules
{
    /// <summary>Routing time (arrival to forward, less the wait for a replica) above which gateways are too slow.</summary>
    public required TimeSpan SlowRouting { get; init; }

    /// <summary>CPU use, as a share of what the gateways have, below which they are too large.</summary>
    public double IdleUse { get; init; } = 0.25;

    /// <summary>Nothing shrinks to a size at which the same work would use a greater share of CPU.</summary>
    public double UseAfterShrink { get; init; } = 0.6;

    /// <summary>How long routing must be slow without a break before anything grows.</summary>
    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long CPU must be idle without a break before anything shrinks.</summary>
    public TimeSpan IdleFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Rest after any change before the next: a change must show in the measures first.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Least and most CPU of one gateway, in thousandths.</summary>
    public required int MinMilliCpu { get; init; }

    /// <inheritdoc cref="MinMilliCpu"/>
    public required int MaxMilliCpu { get; init; }

    /// <summary>Fewest gateways; three keep a majority when one is lost.</summary>
    public int MinPods { get; init; } = 3;

    /// <summary>Most gateways; never more than the group of peers is configured for.</summary>
    public required int MaxPods { get; init; }

    /// <summary>The rules of a cluster purpose; null where gateways do not scale themselves (DevTest, §4.4).</summary>
    public static SelfScalingRules? For(ClusterPurpose purpose) => purpose switch
    {
        ClusterPurpose.FastProd => new()
        {
            SlowRouting = TimeSpan.FromMilliseconds(3),
            MinMilliCpu = 500,
            MaxMilliCpu = 4000,
            MaxPods = 9,
        },
        ClusterPurpose.DenseProd => new()
        {
            SlowRouting = TimeSpan.FromMilliseconds(10),
            MinMilliCpu = 250,
            MaxMilliCpu = 2000,
            MaxPods = 5,
        },
        _ => null,
    };
}
