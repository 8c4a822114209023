using CsCheck;
using Fairlead.Gateway.Autoscaling;

namespace Fairlead.Gateway.Tests.Autoscaling;

public sealed class ScalePolicyTests
{
    private static readonly Gen<ScaleSnapshot> Snapshots = Gen.Select(
        Gen.Int[0, 500], Gen.Int[0, 1000], Gen.Int[1, 16], Gen.Int[0, 60], Gen.Int[0, 20], Gen.Int[0, 40], Gen.Int[1, 100],
        (busy, queued, places, replicas, min, more, target) =>
            new ScaleSnapshot(busy, queued, places, replicas, min, min + more, target));

    [Theory]
    [InlineData(0, 0, 1, 1, 10, 70, 1)]
    [InlineData(7, 0, 1, 1, 10, 70, 10)]
    [InlineData(1, 0, 1, 1, 10, 70, 2)]
    [InlineData(1, 0, 1, 1, 10, 100, 1)]
    [InlineData(1, 1, 1, 1, 10, 100, 2)]
    [InlineData(14, 0, 4, 1, 10, 70, 5)]
    [InlineData(200, 0, 1, 1, 500, 70, 286)]
    [InlineData(1000, 1000, 1, 1, 10, 70, 10)]
    [InlineData(0, 0, 1, 0, 10, 70, 0)]
    [InlineData(0, 1, 8, 0, 10, 70, 1)]
    public void Desired_OfLoad_FollowsFormula(int busy, int queued, int places, int min, int max, int target, int desired) =>
        Assert.Equal(desired, ScalePolicy.Desired(new ScaleSnapshot(busy, queued, places, 1, min, max, target)));

    [Fact]
    public void Desired_Always_StaysInBounds() => Snapshots.Sample(snapshot =>
        ScalePolicy.Desired(snapshot) >= snapshot.Min && ScalePolicy.Desired(snapshot) <= snapshot.Max);

    [Fact]
    public void Desired_MoreLoad_IsNeverFewer() => Gen.Select(Snapshots, Gen.Int[0, 50]).Sample((snapshot, more) =>
        ScalePolicy.Desired(snapshot with { Busy = snapshot.Busy + more }) >= ScalePolicy.Desired(snapshot)
        && ScalePolicy.Desired(snapshot with { Queued = snapshot.Queued + more }) >= ScalePolicy.Desired(snapshot));

    [Fact]
    public void Desired_WithinMax_KeepsUtilisationAtTarget() => Snapshots.Sample(snapshot =>
    {
        var desired = ScalePolicy.Desired(snapshot);
        return desired == snapshot.Max
            || (snapshot.Busy + snapshot.Queued) * 100L <= (long)desired * snapshot.MaxPerReplica * snapshot.TargetPercent;
    });

    [Fact]
    public void Decide_NoWholeWindow_NeverShrinks() => Snapshots.Sample(snapshot =>
        ScalePolicy.Decide(snapshot, highestInWindow: null).Direction != ScaleDirection.Down);

    [Fact]
    public void Decide_Down_NeverBelowAnythingWantedInWindow() => Gen.Select(Snapshots, Gen.Int[0, 60]).Sample((snapshot, highest) =>
    {
        highest = Math.Max(highest, ScalePolicy.Desired(snapshot));
        var decision = ScalePolicy.Decide(snapshot, highest);
        return decision.Direction switch
        {
            ScaleDirection.Up => decision.Replicas > snapshot.Replicas && decision.Replicas <= snapshot.Max,
            ScaleDirection.Down => decision.Replicas < snapshot.Replicas
                && decision.Replicas >= Math.Min(highest, snapshot.Max) && decision.Replicas >= snapshot.Min,
            ScaleDirection.Hold => decision.Replicas == snapshot.Replicas,
        };
    });

    [Fact]
    public void Window_Highest_MatchesPlainHistory() => Gen.Select(Gen.Int[1, 20], Gen.Int[0, 9]).Array[1, 60].Sample(steps =>
    {
        var length = TimeSpan.FromSeconds(60);
        var window = new LoadWindow(length);
        var began = DateTimeOffset.UnixEpoch;
        var now = began;
        var history = new List<(DateTimeOffset At, int Desired)>();
        foreach (var (seconds, desired) in steps)
        {
            now += TimeSpan.FromSeconds(seconds);
            began = history.Count == 0 ? now : began;
            history.Add((now, desired));
            window.Record(now, desired);
            int? expected = now - began < length ? null : history.Where(x => x.At > now - length).Max(x => x.Desired);
            if (window.Highest(now) != expected)
            {
                return false;
            }
        }

        return true;
    });
}
