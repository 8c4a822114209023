using Fairlead.Cli.Probing;

namespace Fairlead.Cli.Tests.Probing;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_AreWithinTwoPercent()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 1000; i++)
        {
            histogram.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.InRange(histogram.PercentileMs(0.5), 500, 510);
        Assert.InRange(histogram.PercentileMs(0.99), 990, 1000);
        Assert.Equal((1000, 1000, 500.5), (histogram.Count, histogram.MaxMs, histogram.MeanMs));
        Assert.Equal(1000, histogram.PercentileMs(1));
    }

    [Fact]
    public void Empty_IsZero() => Assert.Equal((0, 0), (new LatencyHistogram().PercentileMs(0.5), new LatencyHistogram().MeanMs));

    [Fact]
    public void Extremes_AreHeld()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.Zero);
        histogram.Add(TimeSpan.FromDays(1));

        Assert.InRange(histogram.PercentileMs(0.1), 0, 0.02);
        Assert.Equal(3_600_000, histogram.PercentileMs(1));
    }
}
