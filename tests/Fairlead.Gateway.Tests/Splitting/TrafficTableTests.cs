using CsCheck;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Splitting;

namespace Fairlead.Gateway.Tests.Splitting;

public sealed class TrafficTableTests
{
    [Theory]
    [InlineData(0, "blue")]
    [InlineData(12.49999, "blue")]
    [InlineData(12.5, "green")]
    [InlineData(12.74999, "green")]
    [InlineData(12.75, "main")]
    [InlineData(99.99999, "main")]
    public void Choose_Point_FallsIntoItsRange(double point, string version) =>
        Assert.Equal(version, Table(("main", 0), ("blue", 12.5m), ("green", 0.25m)).Choose(point).Name);

    [Fact]
    public void Choose_AnySplit_GivesEachItsShareAndTheDefaultTheRest() => Gen.Int[0, 10000].Array[1, 6].Sample(weights =>
    {
        var sum = Math.Max(1, weights.Sum());
        var shares = weights.Select((weight, index) => ($"v{index}", Math.Floor(weight * 1_000_000m / sum) / 10_000m)).ToArray();
        var table = Table(shares);

        const int Points = 20_000;
        var counts = Enumerable.Range(0, Points).Select(i => table.Choose((i + 0.5) * 100 / Points).Name)
            .CountBy(name => name).ToDictionary();

        var left = 100 - shares.Sum(share => share.Item2);
        return shares.All(share => Math.Abs(
            counts.GetValueOrDefault(share.Item1) * 100.0 / Points
            - (double)(share.Item2 + (share.Item1 == "v0" ? left : 0))) < 0.02);
    }, iter: 200);

    [Fact]
    public void StickyPoint_ManyCallers_AreSpreadEvenlyAndOnlyMovedOnesMove()
    {
        var points = Enumerable.Range(0, 20_000).Select(user => StickyPoint.Of("iris", $"user-{user}")).ToArray();
        var before = Table(("main", 0), ("next", 10));
        var after = Table(("main", 0), ("next", 15));

        var next = points.Count(point => before.Choose(point).Name == "next");
        var moved = points.Count(point => before.Choose(point).Name != after.Choose(point).Name);
        var left = points.Count(point => before.Choose(point).Name == "next" && after.Choose(point).Name != "next");

        Assert.InRange(next, 1_850, 2_150);
        Assert.InRange(moved, 900, 1_100);
        Assert.Equal(0, left);
        Assert.All(points, point => Assert.InRange(point, 0, 99.9999999999999));
    }

    [Fact]
    public void StickyPoint_IsPinned()
    {
        // Gateways of different releases run side by side during an update: they must agree.
        Assert.Equal(29.313461046011735, StickyPoint.Of("iris", "user-1"), 10);
        Assert.NotEqual(StickyPoint.Of("iris", "user-1"), StickyPoint.Of("digits", "user-1"));
    }

    private static TrafficTable Table(params (string Name, decimal Share)[] versions) => new(new TrafficSplit
    {
        Versions = [.. versions.Select(version => new VersionShare(version.Name, "service-" + version.Name, version.Share))],
        DefaultVersion = versions[0].Name,
    });
}
