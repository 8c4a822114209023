using System.Diagnostics.Metrics;
using System.Net;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Fairlead.Gateway.Tests.Forwarding;

/// <summary>A second replica for a request whose first does not answer, when the service wants that.</summary>
public sealed class HedgingTests
{
    private static readonly ScoringServiceSpec Hedged = TestRoutes.Open with { HedgeAfterMs = 50, ScoringTimeoutMs = 10_000 };

    [Fact]
    public async Task Replica_ThatHangs_IsOvertakenByAFreeOne()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var hedges = Collect(gateway);
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = await gateway.AddReplicaAsync("slow", context => HangAsync(context, broken));
        var fast = await gateway.AddReplicaAsync("fast", EchoAsync);
        gateway.Directory.Publish(TestRoutes.Route(Hedged, slow.Endpoint(), fast.Endpoint()));

        using var answer = await gateway.ScoreAsync("{\"a\":1}");

        Assert.Equal("fast {\"a\":1}", await answer.Content.ReadAsStringAsync());
        await broken.Task.WaitAsync(GatewayFixture.Patience);
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
        Assert.Equal(["won"], Outcomes(hedges));
        Assert.Equal((1, 1), (slow.Most, fast.Most));
    }

    [Fact]
    public async Task Replica_ThatAnswersAfterAll_WinsAndTheOtherIsBrokenOff()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var hedges = Collect(gateway);
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = await gateway.AddReplicaAsync("first", async context =>
        {
            await let.Task;
            await context.Response.WriteAsync("first");
        });
        var second = await gateway.AddReplicaAsync("second", context => HangAsync(context, broken));
        gateway.Directory.Publish(TestRoutes.Route(Hedged, first.Endpoint(), second.Endpoint()));

        var scoring = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => second.Now == 1);
        let.SetResult();
        using var answer = await scoring;

        Assert.Equal("first", await answer.Content.ReadAsStringAsync());
        await broken.Task.WaitAsync(GatewayFixture.Patience);
        await Expect.EventuallyAsync(() => hedges.GetMeasurementSnapshot().Count == 1);
        Assert.Equal(["lost"], Outcomes(hedges));
    }

    [Fact]
    public async Task WithoutAFreeReplica_NothingIsSentTwice()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var hedges = Collect(gateway);
        var only = await gateway.AddReplicaAsync("only", async context =>
        {
            await Task.Delay(200);
            await context.Response.WriteAsync("only");
        });
        gateway.Directory.Publish(TestRoutes.Route(Hedged, only.Endpoint(2)));

        using var answer = await gateway.ScoreAsync();

        Assert.Equal("only", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["no-free-replica"], Outcomes(hedges));
        Assert.Equal(1, only.Most);
    }

    [Fact]
    public async Task Replica_ThatBreaksOff_IsReplacedByItsHedge()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var bad = await gateway.AddReplicaAsync("bad", async context =>
        {
            await Task.Delay(150);
            context.Abort();
        });
        var good = await gateway.AddReplicaAsync("good", async context =>
        {
            await Task.Delay(300);
            await EchoAsync(context);
        });
        gateway.Directory.Publish(TestRoutes.Route(Hedged, bad.Endpoint(), good.Endpoint()));

        using var answer = await gateway.ScoreAsync("x");

        Assert.Equal((HttpStatusCode.OK, "fast x"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Service_ThatDoesNotAskForIt_IsNeverHedged()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var slow = await gateway.AddReplicaAsync("slow", async context =>
        {
            await Task.Delay(200);
            await context.Response.WriteAsync("slow");
        });
        var other = await gateway.AddReplicaAsync("other", EchoAsync);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, slow.Endpoint(), other.Endpoint()));

        using var answer = await gateway.ScoreAsync();

        Assert.Equal("slow", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, other.Most);
    }

    [Fact]
    public async Task Requests_UnderLoad_AreAnsweredOnceEach()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var replicas = new List<FakeReplica>();
        for (var i = 0; i < 4; i++)
        {
            replicas.Add(await gateway.AddReplicaAsync("r" + i, async context =>
            {
                var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
                await Task.Delay(Random.Shared.Next(10) == 0 ? 120 : 1, context.RequestAborted);
                await context.Response.WriteAsync(body);
            }));
        }

        gateway.Directory.Publish(TestRoutes.Route(
            Hedged with { HedgeAfterMs = 20, MaxQueueWaitMs = 20_000 }, [.. replicas.Select(static replica => replica.Endpoint(2))]));

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            using var answer = await gateway.ScoreAsync("request " + i);
            Assert.Equal("request " + i, await answer.Content.ReadAsStringAsync(CancellationToken.None));
        });

        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot() is { Leases: 0, Queued: 0 });
        Assert.All(replicas, static replica => Assert.InRange(replica.Most, 1, 3));
    }

    private static MetricCollector<long> Collect(GatewayFixture gateway) => new(
        gateway.Services.GetRequiredService<IMeterFactory>(), GatewayMetrics.MeterName, "fairlead.gateway.hedges");

    private static IEnumerable<object?> Outcomes(MetricCollector<long> hedges) =>
        hedges.GetMeasurementSnapshot().Select(static one => one.Tags["outcome"]);

    private static async Task EchoAsync(HttpContext context) =>
        await context.Response.WriteAsync("fast " + await new StreamReader(context.Request.Body).ReadToEndAsync());

    private static async Task HangAsync(HttpContext context, TaskCompletionSource broken)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted);
        }
        finally
        {
            broken.TrySetResult();
        }
    }
}
