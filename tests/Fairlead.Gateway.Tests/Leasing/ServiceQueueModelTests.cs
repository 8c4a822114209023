using CsCheck;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Leasing;

/// <summary>Random sequences of operations, against what must hold after each of them.</summary>
public sealed class ServiceQueueModelTests
{
    private const int Replicas = 4;
    private const int MaxQueue = 6;

    private enum Op
    {
        Acquire,
        Release,
        ReleaseAgain,
        Refuse,
        Cancel,
        Advance,
        Publish,
        Drain,
        CancelDrain,
    }

    [Fact]
    public void Operations_InAnyOrder_KeepInvariants() =>
        Gen.Select(Gen.Enum<Op>(), Gen.Int[0, 1000]).Array[1, 120].Sample(
            steps =>
            {
                using var run = new Run();
                run.Play(steps);
            },
            iter: 3000,
            threads: 1);

    [Fact]
    public async Task Threads_InParallel_NeverPassLimitAndLoseNoWakeUp()
    {
        using var queue = new ServiceQueue(
            QueueHarness.Settings with { MaxLength = 10_000, MaxWait = TimeSpan.FromSeconds(30) }, TimeProvider.System, () => { });
        var endpoints = Enumerable.Range(0, 3).Select(i => TestRoutes.Endpoint("r" + i, i + 1)).ToArray();
        queue.Apply(QueueHarness.Settings with { MaxLength = 10_000, MaxWait = TimeSpan.FromSeconds(30) }, endpoints);
        var held = new int[3];
        var passed = 0;
        var tasks = Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                var result = await queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
                Assert.Equal(LeaseOutcome.Granted, result.Outcome);
                var index = result.Lease.Endpoint.Id[1] - '0';
                if (Interlocked.Increment(ref held[index]) > index + 1)
                {
                    Interlocked.Increment(ref passed);
                }

                if (i % 7 == worker % 7)
                {
                    await Task.Yield();
                }

                Interlocked.Decrement(ref held[index]);
                Assert.True(queue.Release(result.Lease, LeaseEnd.Completed));
            }
        })).ToArray();

        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, passed);
        Assert.Equal(new QueueSnapshot(0, 0, 3, 0), queue.Snapshot());
    }

    /// <summary>One sequence: the queue, and the book a test keeps of it.</summary>
    private sealed class Run : IDisposable
    {
        private readonly QueueHarness _harness;
        private readonly List<ReplicaEndpoint> _published;
        private readonly List<Lease> _out = [];
        private readonly List<Lease> _ended = [];
        private readonly List<(Task<LeaseResult> Task, CancellationTokenSource Source)> _waiting = [];
        private readonly Dictionary<string, DateTimeOffset> _excluded = [];
        private readonly HashSet<string> _victims = [];

        public Run()
        {
            _published = [.. Enumerable.Range(0, Replicas - 1).Select(i => TestRoutes.Endpoint("r" + i, 1 + (i % 2)))];
            _harness = new QueueHarness(QueueHarness.Settings with { MaxLength = MaxQueue }, [.. _published]);
        }

        public void Play((Op Op, int Value)[] steps)
        {
            foreach (var (op, value) in steps)
            {
                Do(op, value);
                Settle();
                Check();
            }
        }

        public void Dispose() => _harness.Dispose();

        private void Do(Op op, int value)
        {
            switch (op)
            {
                case Op.Acquire:
                    var source = new CancellationTokenSource();
                    _waiting.Add((_harness.Acquire(null, source.Token), source));
                    break;
                case Op.Release or Op.Refuse when _out.Count > 0:
                    var lease = _out[value % _out.Count];
                    _out.Remove(lease);
                    _ended.Add(lease);
                    if (op == Op.Refuse)
                    {
                        _excluded[lease.Endpoint.Id] = _harness.Time.GetUtcNow() + QueueHarness.Settings.RefusedBackOff;
                    }

                    Assert.True(_harness.Queue.Release(lease, op == Op.Refuse ? LeaseEnd.Refused : LeaseEnd.Completed));
                    break;
                case Op.ReleaseAgain when _ended.Count > 0:
                    Assert.False(_harness.Queue.Release(_ended[value % _ended.Count], LeaseEnd.Completed));
                    break;
                case Op.Cancel when _waiting.Count > 0:
                    _waiting[value % _waiting.Count].Source.Cancel();
                    break;
                case Op.Advance:
                    _harness.Time.Advance(TimeSpan.FromMilliseconds(value % 200));
                    break;
                case Op.Publish:
                    Publish(value);
                    break;
                case Op.Drain:
                    if (_harness.Queue.BeginDrain() is { } victim)
                    {
                        _victims.Add(victim);
                    }

                    break;
                case Op.CancelDrain when _victims.Count > 0:
                    var saved = _victims.First();
                    _victims.Remove(saved);
                    _harness.Queue.CancelDrain(saved);
                    break;
            }
        }

        // Changes one replica: gone, draining, another limit, or back.
        private void Publish(int value)
        {
            var id = "r" + (value % Replicas);
            _published.RemoveAll(endpoint => endpoint.Id == id);
            var isGone = value / Replicas % 4 == 0;
            if (!isGone)
            {
                _published.Add(TestRoutes.Endpoint(id, 1 + (value / 16 % 3), draining: value / Replicas % 4 == 1));
            }

            _excluded.Clear();
            _harness.Queue.Apply(QueueHarness.Settings with { MaxLength = MaxQueue }, [.. _published]);
            if (isGone)
            {
                // Its leases still count when it comes back; a drain does not.
                _victims.Remove(id);
            }
        }

        // Takes over the results; those of the queue's own waiters come on another thread.
        private void Settle()
        {
            var expected = _harness.Queue.Snapshot().Queued;
            Assert.True(SpinWait.SpinUntil(
                () => _waiting.Count(wait => !wait.Task.IsCompleted) == expected, TimeSpan.FromSeconds(10)));
            var stillWaits = false;
            foreach (var (task, _) in _waiting)
            {
                if (!task.IsCompleted)
                {
                    stillWaits = true;
                    continue;
                }

#pragma warning disable xUnit1031 // It has ended.
                var result = task.Result;
#pragma warning restore xUnit1031
                if (result.Outcome == LeaseOutcome.Granted)
                {
                    Assert.False(stillWaits, "a later request was served before an earlier one");
                    _out.Add(result.Lease);
                }
            }

            _waiting.RemoveAll(wait => wait.Task.IsCompleted);
        }

        private void Check()
        {
            var now = _harness.Time.GetUtcNow();
            var free = 0;
            foreach (var endpoint in _published)
            {
                var held = _out.Count(lease => lease.Endpoint.Id == endpoint.Id);
                var isExcluded = _excluded.TryGetValue(endpoint.Id, out var until) && until > now;
                if (!endpoint.Draining && !_victims.Contains(endpoint.Id) && !isExcluded)
                {
                    free += Math.Max(0, endpoint.MaxConcurrentRequests - held);
                }
            }

            // Never above the limit that held when it was granted.
            Assert.All(
                _out.GroupBy(lease => lease.Endpoint.Id),
                group => Assert.True(group.Count() <= group.Max(lease => lease.Endpoint.MaxConcurrentRequests)));
            Assert.True(free == 0 || _waiting.Count == 0, "a request waits beside a free replica");
            Assert.True(_waiting.Count <= MaxQueue);
            Assert.Equal(_out.Count, _harness.Queue.Snapshot().Leases);
        }
    }
}
