namespace Fairlead.Gateway.SelfScaling;

/// <summary>For how long the gateways have been slow, or idle. Owned by the one that decides.</summary>
internal sealed class LoadTrend(SelfScalingRules rules, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private long? _slowSince;
    private long? _idleSince;
    private long? _changedAt;

    /// <summary>What is known, with what the gateways say now.</summary>
    /// <param name="size">What they have.</param>
    /// <param name="loads">Of all that are heard.</param>
    public SelfScalingSignals Look(GatewaySize size, IReadOnlyCollection<GatewayLoad> loads)
    {
        var now = time.GetTimestamp();
        var use = loads.Sum(static load => (double)load.MilliCpu) / Math.Max(1, (long)size.MilliCpu * Math.Max(1, loads.Count));

        // One that is slow is enough: its callers wait.
        var isSlow = loads.Any(load => load.RoutingMicros > rules.SlowRouting.TotalMicroseconds);
        _slowSince = isSlow ? _slowSince ?? now : null;
        _idleSince = use < rules.IdleUse ? _idleSince ?? now : null;
        return new SelfScalingSignals(use, Since(_slowSince), Since(_idleSince), time.GetElapsedTime(_changedAt ?? _began, now));

        TimeSpan Since(long? then) => then is { } began ? time.GetElapsedTime(began, now) : TimeSpan.Zero;
    }

    /// <summary>Something was changed: what was measured before says nothing any more.</summary>
    public void Changed()
    {
        _changedAt = time.GetTimestamp();
        _slowSince = null;
        _idleSince = null;
    }
}
