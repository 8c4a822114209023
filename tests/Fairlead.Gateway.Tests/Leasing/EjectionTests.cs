using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Leasing;

/// <summary>A replica that fails fast is free again at once, so it would attract all requests.</summary>
public sealed class EjectionTests
{
    private static readonly QueueSettings Settings = QueueHarness.Settings with
    {
        MaxWait = TimeSpan.FromHours(1),
        LongestEjection = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public async Task Replica_ThatFailsEachTime_IsLeftOutForLongerEachTime()
    {
        using var harness = new QueueHarness(Settings, TestRoutes.Endpoint("bad"), TestRoutes.Endpoint("good"));
        await FailAsync(harness, "bad");
        Assert.Equal("good", (await harness.Acquire()).Lease.Endpoint.Id);
        foreach (var seconds in new[] { 1, 2, 3, 3 })
        {
            var waiting = harness.Acquire();
            harness.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(waiting.IsCompleted);
            Assert.Equal(seconds > 1 ? 1 : 0, harness.Queue.Snapshot().Ejected);
            harness.Queue.Apply(Settings, [TestRoutes.Endpoint("bad"), TestRoutes.Endpoint("good")]);
            if (seconds == 1)
            {
                // News ends a first back-off, and no ejection.
                harness.Queue.Release((await QueueHarness.Ended(waiting)).Lease, LeaseEnd.Unreachable);
                continue;
            }

            Assert.False(waiting.IsCompleted);
            harness.Time.Advance(TimeSpan.FromMilliseconds(1));
            var again = await QueueHarness.Ended(waiting);
            Assert.Equal(("bad", 0), (again.Lease.Endpoint.Id, harness.Queue.Snapshot().Ejected));
            harness.Queue.Release(again.Lease, LeaseEnd.Unreachable);
        }
    }

    [Fact]
    public async Task Replica_ThatAnswersOnce_BeginsAnew()
    {
        using var harness = new QueueHarness(Settings, TestRoutes.Endpoint("bad"), TestRoutes.Endpoint("good"));
        await FailAsync(harness, "bad");
        await harness.Acquire();
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        harness.Queue.Release((await harness.Acquire()).Lease, LeaseEnd.Completed);

        harness.Queue.Release((await harness.Acquire()).Lease, LeaseEnd.Unreachable);

        Assert.Equal(0, harness.Queue.Snapshot().Ejected);
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("bad", (await QueueHarness.Ended(harness.Acquire())).Lease.Endpoint.Id);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(5, 2)]
    public async Task Replicas_ThatAllFail_AtMostHalfAreEjected(int replicas, int ejected)
    {
        using var harness = new QueueHarness(
            Settings, [.. Enumerable.Range(0, replicas).Select(static i => TestRoutes.Endpoint("r" + i))]);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < replicas; i++)
            {
                harness.Queue.Release((await QueueHarness.Ended(harness.Acquire())).Lease, LeaseEnd.Unreachable);
            }

            Assert.Equal(round == 0 ? 0 : ejected, harness.Queue.Snapshot().Ejected);
            harness.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(harness.Acquire())).Outcome);
    }

    [Fact]
    public async Task Requests_ThatFailTogether_AreOneFailure()
    {
        using var harness = new QueueHarness(Settings, TestRoutes.Endpoint("bad", 3), TestRoutes.Endpoint("good"));
        var leases = new List<Lease>();
        for (var i = 0; i < 4; i++)
        {
            leases.Add((await harness.Acquire()).Lease);
        }

        foreach (var lease in leases.Where(static lease => lease.Endpoint.Id == "bad"))
        {
            harness.Queue.Release(lease, LeaseEnd.Unreachable);
        }

        Assert.Equal(0, harness.Queue.Snapshot().Ejected);
    }

    private static async Task FailAsync(QueueHarness harness, string replica)
    {
        var lease = (await harness.Acquire()).Lease;
        Assert.Equal(replica, lease.Endpoint.Id);
        harness.Queue.Release(lease, LeaseEnd.Unreachable);
    }
}
