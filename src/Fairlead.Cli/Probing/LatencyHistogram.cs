namespace Fairlead.Cli.Probing;

/// <summary>Times of any number of requests in little memory: buckets that grow by 2 %, from 10 µs to an hour.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class LatencyHistogram
{
    private const double Growth = 1.02;
    private const double SmallestMs = 0.01;
    private const double LargestMs = 3_600_000;
    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly long[] _counts = new long[IndexOf(LargestMs) + 1];
    private double _sumMs;

    public long Count { get; private set; }

    public double MaxMs { get; private set; }

    public double MeanMs => Count == 0 ? 0 : _sumMs / Count;

    public void Add(TimeSpan time)
    {
        var milliseconds = Math.Clamp(time.TotalMilliseconds, SmallestMs, LargestMs);
        _counts[IndexOf(milliseconds)]++;
        Count++;
        _sumMs += milliseconds;
        MaxMs = Math.Max(MaxMs, milliseconds);
    }

    /// <summary>The time, in milliseconds, that this share of all requests did not exceed; 0 when there are none.</summary>
    public double PercentileMs(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(SmallestMs * Math.Pow(Growth, i + 1), MaxMs);
            }
        }

        return 0;
    }

    private static int IndexOf(double milliseconds) => (int)(Math.Log(milliseconds / SmallestMs) / LogGrowth);
}
