namespace Fairlead.Gateway.SelfScaling;

/// <summary>How large the gateways of a cluster should be, and how many: a pure function of what was measured.</summary>
/// <remarks>Slow routing: more CPU, then more gateways. Idle CPU: less CPU, then fewer gateways. One step at a time.</remarks>
internal static class SelfScalingPolicy
{
    /// <summary>The size to have next; the present one when nothing is to change.</summary>
    /// <param name="rules">Of the cluster's purpose; null never changes anything.</param>
    /// <param name="size">What runs now.</param>
    /// <param name="signals">What was measured, and for how long.</param>
    /// <param name="room">What the cluster has free.</param>
    public static GatewaySize Decide(SelfScalingRules? rules, GatewaySize size, in SelfScalingSignals signals, in ClusterRoom room)
    {
        if (rules is null || signals.SinceChange < rules.CoolDown)
        {
            return size;
        }

        if (signals.SlowSince >= rules.SlowFor)
        {
            return Grow(rules, size, room);
        }

        // Routing that is slow at all, however briefly, forbids to shrink.
        return signals.SlowSince == TimeSpan.Zero && signals.IdleSince >= rules.IdleFor ? Shrink(rules, size, signals.CpuUse) : size;
    }

    private static GatewaySize Grow(SelfScalingRules rules, GatewaySize size, in ClusterRoom room)
    {
        var larger = Math.Min(size.MilliCpu * 2, rules.MaxMilliCpu);
        var gain = Math.Min(larger - size.MilliCpu, room.MilliCpuPerGateway);

        // A gain of less than a tenth is not worth a restart.
        if (gain > 0 && gain * 10 >= size.MilliCpu)
        {
            return size with { MilliCpu = size.MilliCpu + gain };
        }

        return size.Pods < rules.MaxPods && room.MilliCpuForNewGateway >= size.MilliCpu ? size with { Pods = size.Pods + 1 } : size;
    }

    private static GatewaySize Shrink(SelfScalingRules rules, GatewaySize size, double use)
    {
        var smaller = Math.Max(size.MilliCpu / 2, rules.MinMilliCpu);
        if (smaller < size.MilliCpu)
        {
            return use * size.MilliCpu / smaller <= rules.UseAfterShrink ? size with { MilliCpu = smaller } : size;
        }

        return size.Pods > rules.MinPods && use * size.Pods / (size.Pods - 1) <= rules.UseAfterShrink
            ? size with { Pods = size.Pods - 1 }
            : size;
    }
}

/// <summary>CPU of each gateway in thousandths, and how many gateways.</summary>
public readonly record struct GatewaySize(int MilliCpu, int Pods);

/// <summary>What the gateways measured together.</summary>
/// <param name="CpuUse">Share of their CPU in use, 0 to 1 or beyond.</param>
/// <param name="SlowSince">How long routing has been slow without a break; zero when it is not.</param>
/// <param name="IdleSince">How long CPU has been idle without a break; zero when it is not.</param>
/// <param name="SinceChange">Time since size or number last changed.</param>
internal readonly record struct SelfScalingSignals(double CpuUse, TimeSpan SlowSince, TimeSpan IdleSince, TimeSpan SinceChange);

/// <summary>Free CPU, in thousandths.</summary>
/// <param name="MilliCpuPerGateway">What every gateway could gain where it runs.</param>
/// <param name="MilliCpuForNewGateway">The most that is free on one node that may run a gateway.</param>
public readonly record struct ClusterRoom(int MilliCpuPerGateway, int MilliCpuForNewGateway);
