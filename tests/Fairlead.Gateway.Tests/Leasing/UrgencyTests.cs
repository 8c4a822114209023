using CsCheck;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Leasing;

/// <summary>The order of those who wait when a header says how urgent they are (RFC 9218).</summary>
public sealed class UrgencyTests
{
    [Theory]
    [InlineData("u=0", 0)]
    [InlineData("u=7, i", 7)]
    [InlineData("i, u=1", 1)]
    [InlineData("2", 2)]
    [InlineData(" u=5 ", 5)]
    [InlineData("u=8", 3)]
    [InlineData("u=-1", 3)]
    [InlineData("urgent", 3)]
    [InlineData("", 3)]
    [InlineData(null, 3)]
    public void Parse_Header_IsThatOfRfc9218(string? header, int urgency) => Assert.Equal(urgency, Urgency.Parse(header));

    [Fact]
    public async Task Waiters_AreServedByUrgencyAndThenByArrival()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("r1"));
        var held = (await harness.Acquire()).Lease;
        var waits = new List<(string Name, Task<LeaseResult> Task)>();
        foreach (var (name, urgency) in new (string, byte)[] { ("a3", 3), ("b7", 7), ("c0", 0), ("d3", 3), ("e0", 0), ("f7", 7), ("g1", 1) })
        {
            waits.Add((name, harness.Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring, Urgency: urgency), default).AsTask()));
        }

        var served = new List<string>();
        while (waits.Count > 0)
        {
            harness.Queue.Release(held, LeaseEnd.Completed);
            var ended = await QueueHarness.Ended(await Task.WhenAny(waits.Select(static wait => wait.Task)));
            held = ended.Lease;
            var index = waits.FindIndex(static wait => wait.Task.IsCompleted);
            served.Add(waits[index].Name);
            waits.RemoveAt(index);
        }

        Assert.Equal(["c0", "e0", "g1", "a3", "d3", "b7", "f7"], served);
    }

    [Fact]
    public void List_AnyOrderOfChanges_StaysSorted() => Gen.Select(Gen.Byte[0, 7], Gen.Int[0, 20], Gen.Bool).Array[0, 60].Sample(steps =>
    {
        var list = new WaiterList();
        var book = new List<Waiter>();
        var sequence = 0L;
        foreach (var (urgency, arrived, leaves) in steps)
        {
            if (leaves && book.Count > 0)
            {
                var gone = book[arrived % book.Count];
                list.Remove(gone);
                book.Remove(gone);
            }
            else
            {
                var waiter = new Silent { Urgency = urgency, Ticket = new LeaseTicket(++sequence, arrived) };
                list.Add(waiter);
                book.Add(waiter);
            }

            var expected = book.OrderBy(static one => one.Urgency).ThenBy(static one => one.Ticket.ArrivedAt).ThenBy(static one => one.Ticket.Sequence);
            var seen = new List<Waiter>();
            for (var waiter = list.First; waiter is not null; waiter = waiter.Next)
            {
                seen.Add(waiter);
            }

            Assert.Equal(expected, seen);
            Assert.Equal(book.Count, list.Count);
            Assert.Equal(book.MinBy(static one => (one.Ticket.ArrivedAt, one.Ticket.Sequence)), list.Oldest);
        }
    });

    [Fact]
    public async Task RequestThatDoesNotWait_GetsAFreePlaceOrNothing()
    {
        using var harness = new QueueHarness(TestRoutes.Endpoint("r1"));
        var request = new LeaseRequest(LeaseKind.Scoring, OnlyIfFree: true);

        var first = await harness.Queue.AcquireAsync(request, default);
        var second = await harness.Queue.AcquireAsync(request, default);

        Assert.Equal((LeaseOutcome.Granted, LeaseOutcome.QueueFull), (first.Outcome, second.Outcome));
        Assert.Equal((0, 0), (harness.Signals, harness.Queue.Snapshot().Queued));
    }

    private sealed class Silent : Waiter
    {
        public override bool IsForeign => false;

        public override void SetResult(LeaseResult result)
        {
        }
    }
}
