using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Leasing;

public sealed class ServiceQueueTests
{
    [Fact]
    public async Task Acquire_FreeReplica_GrantsWithoutAllocation()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        var queue = harness.Queue;
        long before = 0;
        for (var i = 0; i < 2000; i++)
        {
            before = i == 1000 ? GC.GetAllocatedBytesForCurrentThread() : before;
            var result = queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
            if (!result.IsCompletedSuccessfully || !queue.Release((await result).Lease, LeaseEnd.Completed))
            {
                Assert.Fail("not granted at once");
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Acquire_SeveralReplicas_SpreadsToLeastLoaded()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a", 4), TestRoutes.Endpoint("b", 2));

        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add((await harness.Acquire()).Lease.Endpoint.Id);
        }

        Assert.Equal(["a", "b", "a", "b", "a", "a"], ids);
    }

    [Fact]
    public async Task Release_Twice_CountsOnce()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        var first = await harness.Acquire();
        Assert.True(harness.Queue.Release(first.Lease, LeaseEnd.Completed));
        var second = await harness.Acquire();

        Assert.False(harness.Queue.Release(first.Lease, LeaseEnd.Completed));

        Assert.False(harness.Acquire().IsCompleted);
        Assert.True(harness.Queue.Release(second.Lease, LeaseEnd.Completed));
    }

    [Fact]
    public async Task Wait_OverDeadline_TimesOutAndFreesNothing()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        await harness.Acquire();
        var waiting = harness.Acquire();
        harness.Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(waiting.IsCompleted);

        harness.Time.Advance(TimeSpan.FromMilliseconds(1));

        var result = await QueueHarness.Ended(waiting);
        Assert.Equal((LeaseOutcome.QueueTimeout, 500), (result.Outcome, result.Waited.TotalMilliseconds));
        Assert.Equal(0, harness.Queue.Snapshot().Queued);
    }

    [Fact]
    public async Task Wait_Cancelled_LeavesAtOnceAndNextIsServed()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        var held = await harness.Acquire();
        using var gone = new CancellationTokenSource();
        var first = harness.Acquire(null, gone.Token);
        var second = harness.Acquire();

        await gone.CancelAsync();

        Assert.Equal(LeaseOutcome.Cancelled, (await QueueHarness.Ended(first)).Outcome);
        harness.Queue.Release(held.Lease, LeaseEnd.Completed);
        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(second)).Outcome);
    }

    [Fact]
    public async Task Wait_NewReplicaPublished_IsServedAtOnce()
    {
        using var harness = new QueueHarness();
        var waiting = harness.Acquire();
        Assert.Equal(1, harness.Signals);

        harness.Queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a")]);

        Assert.Equal("a", (await QueueHarness.Ended(waiting)).Lease.Endpoint.Id);
    }

    [Fact]
    public async Task Replica_Draining_GetsNoNewLease()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        var held = await harness.Acquire();
        harness.Queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a", draining: true)]);
        var waiting = harness.Acquire();

        Assert.True(harness.Queue.Release(held.Lease, LeaseEnd.Completed));

        Assert.False(waiting.IsCompleted);
        harness.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(LeaseOutcome.ReplicasStarting, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task Replica_Unreachable_IsLeftOutUntilBackOffEnds()
    {
        using var harness = new QueueHarness(
            QueueHarness.Settings with { MaxWait = TimeSpan.FromSeconds(5) }, TestRoutes.Endpoint("a"));
        var lease = await harness.Acquire();
        harness.Queue.Release(lease.Lease, LeaseEnd.Unreachable);
        var waiting = harness.Acquire(lease.Ticket);
        Assert.False(waiting.IsCompleted);

        harness.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task Replica_Unreachable_ComesBackWithNextPublication()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        harness.Queue.Release((await harness.Acquire()).Lease, LeaseEnd.Unreachable);
        var waiting = harness.Acquire();

        harness.Queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a")]);

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task Retry_OfEarlierRequest_GoesBeforeLaterOnes()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"), TestRoutes.Endpoint("b"));
        var early = await harness.Acquire();
        var other = await harness.Acquire();
        var late = harness.Acquire();
        harness.Queue.Release(early.Lease, LeaseEnd.Refused);
        var again = harness.Acquire(early.Ticket);

        harness.Queue.Release(other.Lease, LeaseEnd.Completed);

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(again)).Outcome);
        Assert.False(late.IsCompleted);
    }

    [Fact]
    public async Task Wait_ColdStart_UsesItsOwnLimit()
    {
        using var harness = new QueueHarness(QueueHarness.Settings with { DesiredReplicas = 0, WakesFromZero = true });
        var waiting = harness.Acquire();
        harness.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);

        harness.Queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a")]);

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task Visit_OfBusyReplica_NeitherWaitsNorCountsButHoldsDrain()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        var scoring = await harness.Acquire();

        var visit = await harness.Queue.AcquireAsync(new LeaseRequest(LeaseKind.Visit), default);

        Assert.Equal(LeaseOutcome.Granted, visit.Outcome);
        Assert.Equal("a", harness.Queue.BeginDrain());
        harness.Queue.Release(scoring.Lease, LeaseEnd.Completed);
        Assert.Equal(DrainState.Busy, harness.Queue.DrainOf("a"));
        harness.Queue.Release(visit.Lease, LeaseEnd.Completed);
        Assert.Equal(DrainState.Empty, harness.Queue.DrainOf("a"));
    }

    [Fact]
    public async Task Drain_OfIdleFirst_CanBeCancelled()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"), TestRoutes.Endpoint("b"));
        Assert.Equal("a", (await harness.Acquire()).Lease.Endpoint.Id);
        Assert.Equal("b", harness.Queue.BeginDrain());
        var waiting = harness.Acquire();
        Assert.False(waiting.IsCompleted);

        harness.Queue.CancelDrain("b");

        Assert.Equal("b", (await QueueHarness.Ended(waiting)).Lease.Endpoint.Id);
    }

    [Fact]
    public async Task Wait_WhilePlacesAreLost_DoesNotRunAndHasGraceAfterIt()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        using var queue = new ServiceQueue(
            QueueHarness.Settings, harness.Time, static () => { }, new GrantGate { Until = long.MaxValue, Standstill = 5 * harness.Time.TimestampFrequency });
        queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a")]);
        queue.LeadShort();
        var held = await queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
        var waiting = queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();
        harness.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(waiting.IsCompleted);

        queue.Lead();
        harness.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(waiting.IsCompleted);
        queue.Release(held.Lease, LeaseEnd.Completed);

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task Wait_AtTakeover_OfRequestPastItsLimit_GivesTheBacklogGrace()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("a"));
        using var queue = new ServiceQueue(
            QueueHarness.Settings, harness.Time, static () => { }, new GrantGate { Until = long.MaxValue, Standstill = 5 * harness.Time.TimestampFrequency });
        queue.Apply(QueueHarness.Settings, [TestRoutes.Endpoint("a")]);
        queue.Settle();
        queue.Adopt(TestRoutes.Endpoint("a"));
        var overdue = new Foreign();
        queue.Enter(overdue, new WaitingRequest(1, TimeSpan.FromSeconds(3), false));
        queue.Lead();

        // The limit is 0.5 s; the time of a backlog of 3 s at 80 % load is 12 s.
        var late = queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();
        harness.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(overdue.Result);
        Assert.False(late.IsCompleted);
        harness.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(LeaseOutcome.QueueTimeout, overdue.Result?.Outcome);
        Assert.Equal(LeaseOutcome.QueueTimeout, (await QueueHarness.Ended(late)).Outcome);
    }

    private sealed class Foreign : Waiter
    {
        public LeaseResult? Result { get; private set; }

        public override bool IsForeign => true;

        public override void SetResult(LeaseResult result) => Result = result;
    }
}
