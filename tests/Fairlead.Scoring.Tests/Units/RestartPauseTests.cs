using Fairlead.Scoring.Workers;

namespace Fairlead.Scoring.Tests.Units;

public sealed class RestartPauseTests
{
    [Theory]
    [InlineData(0, 0.1, 50)]
    [InlineData(50, 9.9, 100)]
    [InlineData(8000, 1, 10_000)]
    [InlineData(10_000, 1, 10_000)]
    [InlineData(10_000, 10, 0)]
    public void Pause_GrowsAfterShortLivesOnly(int previousMs, double lifeSeconds, int expectedMs)
    {
        var pause = RestartPause.After(TimeSpan.FromMilliseconds(previousMs), TimeSpan.FromSeconds(lifeSeconds));

        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), pause);
    }
}
