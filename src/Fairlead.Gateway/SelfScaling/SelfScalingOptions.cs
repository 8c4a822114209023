using System.ComponentModel.DataAnnotations;
using Fairlead.Contracts.Computes;

namespace Fairlead.Gateway.SelfScaling;

/// <summary>Whether the gateways of a cluster scale themselves, and by which rules. Members left null have the value of the
/// purpose.</summary>
public sealed record SelfScalingOptions
{
    /// <summary>What the cluster is for. Default <c>DevTest</c>: gateways stay as they are (§4.4).</summary>
    public ClusterPurpose Purpose { get; set; } = ClusterPurpose.DevTest;

    /// <summary>95th percentile of the routing time above which gateways are too slow.</summary>
    [Range(typeof(TimeSpan), "00:00:00.0001", "00:01:00")]
    public TimeSpan? SlowRouting { get; set; }

    /// <summary>How long it must be slow without a break before anything grows.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan? SlowFor { get; set; }

    /// <summary>How long CPU must be idle without a break before anything shrinks.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan? IdleFor { get; set; }

    /// <summary>Rest after a change before the next.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan? CoolDown { get; set; }

    /// <summary>Most CPU of one gateway, in thousandths.</summary>
    [Range(10, 64_000)]
    public int? MaxMilliCpu { get; set; }

    /// <summary>Most gateways.</summary>
    [Range(1, 99)]
    public int? MaxPods { get; set; }

    /// <summary>Null where gateways stay as they are.</summary>
    internal SelfScalingRules? Rules => SelfScalingRules.For(Purpose) is not { } rules ? null : rules with
    {
        SlowRouting = SlowRouting ?? rules.SlowRouting,
        SlowFor = SlowFor ?? rules.SlowFor,
        IdleFor = IdleFor ?? rules.IdleFor,
        CoolDown = CoolDown ?? rules.CoolDown,
        MaxMilliCpu = Math.Max(rules.MinMilliCpu, MaxMilliCpu ?? rules.MaxMilliCpu),
        MaxPods = Math.Max(rules.MinPods, MaxPods ?? rules.MaxPods),
    };
}
