using Fairlead.LocalCompute.Replicas;

namespace Fairlead.LocalCompute.Tests.Replicas;

public sealed class RestartDelaysTests
{
    [Fact]
    public void Next_Failures_DoubleUpToTheLimit()
    {
        var delays = new RestartDelays(new LocalComputeOptions());

        var seconds = Enumerable.Range(0, 11).Select(_ => delays.Next(TimeSpan.FromSeconds(1)).TotalSeconds);

        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], seconds);
    }

    [Fact]
    public void Next_AfterAStableLife_BeginsAgain()
    {
        var delays = new RestartDelays(new LocalComputeOptions());
        delays.Next(TimeSpan.Zero);
        delays.Next(TimeSpan.Zero);

        Assert.Equal(0.1, delays.Next(TimeSpan.FromSeconds(60)).TotalSeconds);
    }
}
