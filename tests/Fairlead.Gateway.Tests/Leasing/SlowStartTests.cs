using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Leasing;

/// <summary>A replica that is new, or was away, is not flooded.</summary>
public sealed class SlowStartTests
{
    private static readonly QueueSettings Settings = QueueHarness.Settings with
    {
        MaxWait = TimeSpan.FromHours(1),
        LongestEjection = TimeSpan.FromSeconds(30),
        SlowStart = TimeSpan.FromSeconds(10),
    };

    private static readonly ReplicaEndpoint Old = TestRoutes.Endpoint("old");
    private static readonly ReplicaEndpoint New = TestRoutes.Endpoint("new", 6);

    [Fact]
    public async Task NewReplica_GetsOneRequest_AndTwiceAsManyWithEachRound()
    {
        using var harness = new QueueHarness(Settings, Old);
        var waiting = Backlog(harness, 20);
        harness.Queue.Apply(Settings, [Old, New]);
        foreach (var places in new[] { 1, 2, 4, 6 })
        {
            var held = await TakeAsync(waiting, places);
            Assert.Equal(places == 6 ? "ready" : "slow-start", StateOf(harness, "new"));
            held.ForEach(lease => harness.Queue.Release(lease, LeaseEnd.Completed));
        }
    }

    [Fact]
    public async Task NewReplica_WithLongRequests_IsOpenAfterTheTime()
    {
        using var harness = new QueueHarness(Settings, Old);
        var waiting = Backlog(harness, 20);
        harness.Queue.Apply(Settings, [Old, New]);
        await TakeAsync(waiting, 1);

        harness.Time.Advance(Settings.SlowStart - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.Peek().IsCompleted);
        harness.Time.Advance(TimeSpan.FromMilliseconds(1));

        await TakeAsync(waiting, 5);
        Assert.Equal("ready", StateOf(harness, "new"));
    }

    [Fact]
    public async Task NewReplica_WhoseAnswersFail_StaysWithOneRequest()
    {
        using var harness = new QueueHarness(Settings, Old);
        var waiting = Backlog(harness, 20);
        harness.Queue.Apply(Settings, [Old, New]);
        for (var i = 0; i < 4; i++)
        {
            harness.Queue.Release(Assert.Single(await TakeAsync(waiting, 1)), LeaseEnd.Failed);
        }
    }

    [Fact]
    public async Task Replica_ThatWasAway_IsTriedWithOneRequest()
    {
        using var harness = new QueueHarness(Settings, Old, New);
        var waiting = Backlog(harness, 20, held: 7);
        foreach (var lease in await TakeAsync(waiting, 7))
        {
            if (lease.Endpoint == New)
            {
                harness.Queue.Release(lease, LeaseEnd.Unreachable);
            }
        }

        harness.Time.Advance(Settings.UnreachableBackOff);

        harness.Queue.Release(Assert.Single(await TakeAsync(waiting, 1)), LeaseEnd.Completed);
        await TakeAsync(waiting, 2);
    }

    [Fact]
    public async Task FirstList_HasAllPlacesOpen()
    {
        using var harness = new QueueHarness(Settings, New);

        await TakeAsync(Backlog(harness, 6, held: 6), 6);
    }

    [Fact]
    public async Task WithoutSlowStart_NewReplicaHasAllPlacesOpen()
    {
        var settings = Settings with { SlowStart = TimeSpan.Zero };
        using var harness = new QueueHarness(settings, Old);
        var waiting = Backlog(harness, 20);

        harness.Queue.Apply(settings, [Old, New]);

        await TakeAsync(waiting, 6);
    }

    // The first are held for good by what is there; the others wait.
    private static Queue<Task<LeaseResult>> Backlog(QueueHarness harness, int waiting, int held = 0)
    {
        if (held == 0)
        {
            _ = harness.Acquire();
        }

        return new(Enumerable.Range(0, waiting).Select(_ => harness.Acquire()));
    }

    private static async Task<List<Lease>> TakeAsync(Queue<Task<LeaseResult>> waiting, int granted)
    {
        var leases = new List<Lease>();
        for (var i = 0; i < granted; i++)
        {
            leases.Add((await QueueHarness.Ended(waiting.Dequeue())).Lease);
        }

        Assert.False(waiting.TryPeek(out var next) && next.IsCompleted);
        return leases;
    }

    private static string StateOf(QueueHarness harness, string replica) =>
        harness.Queue.DescribeReplicas().Single(one => one.Id == replica).State;
}
