using System.Numerics;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.SelfScaling;

/// <summary>Measures the load of this gateway. Costs nothing where gateways do not scale themselves.</summary>
internal sealed class LoadMeter(IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int Seconds = 10;
    private const int Buckets = 32;

    // For each of the last seconds, how many requests took up to 1, 2, 4, … microseconds.
    private readonly int[] _counts = new int[Seconds * Buckets];
    private readonly long[] _second = new long[Seconds];
    private readonly Lock _cpuLock = new();
    private TimeSpan _cpuBefore = Environment.CpuUsage.TotalTime;
    private long _cpuAt = time.GetTimestamp();
    private long _milliCpu;

    public bool IsEnabled { get; } = options.Value.SelfScaling.Rules is not null;

    /// <summary>A request was routed.</summary>
    public void Routed(TimeSpan duration)
    {
        if (!IsEnabled)
        {
            return;
        }

        var micros = (ulong)Math.Clamp(duration.TotalMicroseconds, 0, int.MaxValue);
        Interlocked.Increment(ref _counts[(Slot(Now()) * Buckets) + (micros == 0 ? 0 : Math.Min(Buckets - 1, BitOperations.Log2(micros) + 1))]);
    }

    public GatewayLoad Read() => IsEnabled ? new GatewayLoad(Percentile(Now()), MilliCpu()) : default;

    private long Now() => time.GetTimestamp() / time.TimestampFrequency;

    // The slot of a second, empty when its last use was another one. A request that comes in between may be lost: it is a
    // measure, not an account.
    private int Slot(long second)
    {
        var slot = (int)(second % Seconds);
        var before = Volatile.Read(ref _second[slot]);
        if (before != second && Interlocked.CompareExchange(ref _second[slot], second, before) == before)
        {
            Array.Clear(_counts, slot * Buckets, Buckets);
        }

        return slot;
    }

    private long Percentile(long now)
    {
        Span<long> sums = stackalloc long[Buckets];
        long all = 0;
        for (var slot = 0; slot < Seconds; slot++)
        {
            for (var bucket = 0; now - Volatile.Read(ref _second[slot]) < Seconds && bucket < Buckets; bucket++)
            {
                sums[bucket] += _counts[(slot * Buckets) + bucket];
                all += _counts[(slot * Buckets) + bucket];
            }
        }

        var rest = all - (all / 20);
        for (var bucket = 0; bucket < Buckets && all > 0; bucket++)
        {
            rest -= sums[bucket];
            if (rest <= 0)
            {
                return 1L << bucket;
            }
        }

        return 0;
    }

    private long MilliCpu()
    {
        lock (_cpuLock)
        {
            var passed = time.GetElapsedTime(_cpuAt);
            if (passed >= TimeSpan.FromSeconds(Seconds))
            {
                var used = Environment.CpuUsage.TotalTime;
                _milliCpu = (long)(1000 * ((used - _cpuBefore) / passed));
                _cpuBefore = used;
                _cpuAt = time.GetTimestamp();
            }

            return _milliCpu;
        }
    }
}
