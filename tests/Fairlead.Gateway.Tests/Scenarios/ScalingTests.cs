using Fairlead.Contracts.Services;
using Fairlead.Gateway.Autoscaling;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Scenarios;

/// <summary>Failures of autoscaling that others published (docs/where-others-failed.md).</summary>
public sealed class ScalingTests
{
    private static readonly ScoringServiceSpec Autoscaled = new() { AuthEnabled = false, MaxQueueWaitMs = 60_000 };

    /// <summary>With one request a replica it never scaled: only requests in replicas were counted, and they are never more
    /// than there are replicas. https://github.com/ray-project/ray/issues/24793</summary>
    [Fact]
    public async Task Ray24793_ConcurrencyOne_ScalesForWhatWaits()
    {
        await using var held = await HeldGateway.StartAsync(Autoscaled with { AutoScaler = new() { TargetUtilization = 100 } });

        var waiting = Enumerable.Range(0, 3).Select(_ => held.Gateway.ScoreAsync()).ToList();

        using var limit = new CancellationTokenSource(GatewayFixture.Patience);
        string call;
        do
        {
            call = await held.Gateway.Scaler.Calls.ReadAsync(limit.Token);
        }
        while (call != "up iris 4");

        held.Let();
        await Task.WhenAll(waiting);
    }

    /// <summary>Under steady load the replicas slowly went, though nothing justified it, and then exploded in number.
    /// https://github.com/knative/serving/issues/15121</summary>
    [Fact]
    public async Task Knative15121_SteadyLoad_KeepsItsReplicasForHours()
    {
        // Its rounds are run by hand, in a time of the test.
        await using var gateway = await GatewayFixture.StartAsync(time: new FakeTimeProvider());
        var loop = gateway.Services.GetRequiredService<AutoscalerLoop>();
        var route = TestRoutes.Route(
            Autoscaled with { AutoScaler = new() { MinReplicas = 1, MaxReplicas = 50 } },
            [.. Enumerable.Range(1, 10).Select(static i => TestRoutes.Endpoint("r" + i))]);
        gateway.Scaler.OnCall = call =>
        {
            var words = call.Split(' ');
            var replicas = words[0] == "up"
                ? [.. Enumerable.Range(1, int.Parse(words[2])).Select(static i => TestRoutes.Endpoint("r" + i))]
                : route.Replicas.Where(replica => replica.Id != words[2]).ToArray();
            route = route with { DesiredReplicas = replicas.Length, Replicas = replicas };
            gateway.Directory.Publish(route);
        };
        gateway.Directory.Publish(route);
        var queue = gateway.Service.Queue;
        var random = new Random(15121);
        var leases = new List<Lease>();
        var now = DateTimeOffset.UnixEpoch;

        // 7 / 0.7 = 10 replicas at the peak, which comes once in a while; less at most moments.
        for (var second = 0; second < 4 * 3600; second++)
        {
            var busy = second % 45 == 0 ? 7 : random.Next(3, 8);
            while (leases.Count < busy)
            {
                var granted = await queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
                Assert.Equal(LeaseOutcome.Granted, granted.Outcome);
                leases.Add(granted.Lease);
            }

            while (leases.Count > busy)
            {
                queue.Release(leases[0], LeaseEnd.Completed);
                leases.RemoveAt(0);
            }

            await loop.TickAsync(now += TimeSpan.FromSeconds(1), default);
            Assert.False(gateway.Scaler.Calls.TryRead(out var call), $"after {second} s: {call}");
        }

        // It does shrink once the load has gone for a window.
        leases.ForEach(lease => queue.Release(lease, LeaseEnd.Completed));
        for (var second = 0; second < 62; second++)
        {
            await loop.TickAsync(now += TimeSpan.FromSeconds(1), default);
        }

        Assert.True(gateway.Scaler.Calls.TryRead(out var removal));
        Assert.StartsWith("remove iris r", removal, StringComparison.Ordinal);
    }
}
