using CsCheck;
using Fairlead.Contracts.Computes;
using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Tests.SelfScaling;

public sealed class SelfScalingPolicyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(500, 3, 9000, 9000, 1000, 3)]
    [InlineData(3000, 3, 9000, 9000, 4000, 3)]
    [InlineData(500, 3, 200, 9000, 700, 3)]
    [InlineData(500, 3, 40, 9000, 500, 4)]
    [InlineData(4000, 3, 9000, 4000, 4000, 4)]
    [InlineData(4000, 3, 9000, 3999, 4000, 3)]
    [InlineData(4000, 9, 9000, 9000, 4000, 9)]
    [InlineData(500, 3, 0, 0, 500, 3)]
    public void Decide_SlowRouting_GrowsCpuThenPodsWithinRoom(int cpu, int pods, int beside, int node, int newCpu, int newPods) =>
        Assert.Equal(new GatewaySize(newCpu, newPods), Decide(ClusterPurpose.FastProd, new(cpu, pods), new(0.9, Long, default, Long), new(beside, node)));

    [Theory]
    [InlineData(2000, 5, 0.2, 1000, 5)]
    [InlineData(600, 5, 0.2, 500, 5)]
    [InlineData(500, 5, 0.2, 500, 4)]
    [InlineData(500, 3, 0.0, 500, 3)]
    [InlineData(2000, 5, 0.31, 2000, 5)]
    [InlineData(500, 4, 0.46, 500, 4)]
    public void Decide_IdleCpu_ShrinksCpuThenPods(int cpu, int pods, double use, int newCpu, int newPods) =>
        Assert.Equal(new GatewaySize(newCpu, newPods), Decide(ClusterPurpose.FastProd, new(cpu, pods), new(use, default, Long, Long), default));

    [Theory]
    [InlineData(29, 0, 3600)]
    [InlineData(3600, 0, 119)]
    [InlineData(0, 599, 3600)]
    [InlineData(0, 3600, 119)]
    [InlineData(1, 3600, 3600)]
    public void Decide_TooEarlyOrInDoubt_ChangesNothing(int slow, int idle, int change)
    {
        var size = new GatewaySize(1000, 5);
        var signals = new SelfScalingSignals(0.1, TimeSpan.FromSeconds(slow), TimeSpan.FromSeconds(idle), TimeSpan.FromSeconds(change));
        Assert.Equal(size, Decide(ClusterPurpose.FastProd, size, signals, new(9000, 9000)));
    }

    [Fact]
    public void Decide_DevTest_NeverChanges() =>
        Assert.Equal(new GatewaySize(100, 1), Decide(ClusterPurpose.DevTest, new(100, 1), new(2, Long, default, Long), new(9000, 9000)));

    [Fact]
    public void Decide_DenseProd_StaysSmaller() =>
        Assert.Equal(new GatewaySize(2000, 5), Decide(ClusterPurpose.DenseProd, new(2000, 5), new(2, Long, default, Long), new(9000, 9000)));

    [Fact]
    public void Decide_Shrinking_NeverLeavesTooLittle() => Gen.Select(Gen.Int[500, 4000], Gen.Int[3, 9], Gen.Double[0, 1]).Sample((cpu, pods, use) =>
    {
        var size = new GatewaySize(cpu, pods);
        var next = Decide(ClusterPurpose.FastProd, size, new(use, default, Long, Long), default);
        return next == size || use * cpu * pods / (next.MilliCpu * next.Pods) <= 0.6 + 1e-9;
    });

    private static GatewaySize Decide(ClusterPurpose purpose, GatewaySize size, SelfScalingSignals signals, ClusterRoom room) =>
        SelfScalingPolicy.Decide(SelfScalingRules.For(purpose), size, signals, room);
}
