using System.Net;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Forwarding;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Requests_200InParallel_NeverPassLimitOfAnyReplica()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var replicas = new List<FakeReplica>();
        for (var i = 0; i < 3; i++)
        {
            replicas.Add(await gateway.AddReplicaAsync("r" + i, Work));
        }

        var spec = TestRoutes.Open with { MaxQueueWaitMs = 20_000 };
        gateway.Directory.Publish(TestRoutes.Route(spec, [.. replicas.Select((replica, i) => replica.Endpoint(i + 1))]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => gateway.ScoreAsync()));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal([1, 2, 3], replicas.Select(replica => replica.Most));
        Assert.Equal(200, replicas.Sum(replica => replica.Served));
    }

    [Fact]
    public async Task Requests_ThatWait_AreServedInOrderOfArrival()
    {
        var order = new List<string>();
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            async context =>
            {
                await let.Task;
                order.Add(context.Request.Query["n"]!);
            },
            TestRoutes.Open with { MaxQueueWaitMs = 20_000 });
        var requests = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 20; i++)
        {
            requests.Add(gateway.Client.GetAsync("/api/v1/service/iris/score?n=" + i));
            await Expect.EventuallyAsync(() =>
                gateway.Service.Queue.Snapshot() is { Leases: 1 } snapshot && snapshot.Queued == requests.Count - 1);
        }

        let.SetResult();
        await Task.WhenAll(requests);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => i.ToString()), order);
    }

    [Fact]
    public async Task Replicas_AllReplacedUnderLoad_LoseNoRequest()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var spec = TestRoutes.Open with { MaxQueueWaitMs = 20_000 };
        var serving = new List<FakeReplica>();
        for (var i = 0; i < 3; i++)
        {
            serving.Add(await gateway.AddReplicaAsync("old" + i, Work));
        }

        gateway.Directory.Publish(TestRoutes.Route(spec, [.. serving.Select(replica => replica.Endpoint(2))]));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 12).Select(async _ =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                using var response = await gateway.ScoreAsync();
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                count++;
            }

            return count;
        }).ToArray();

        for (var i = 0; i < 9; i++)
        {
            var next = await gateway.AddReplicaAsync("new" + i, Work);
            var leaving = serving[0];
            serving.RemoveAt(0);
            serving.Add(next);
            gateway.Directory.Publish(TestRoutes.Route(
                spec, [.. serving.Select(replica => replica.Endpoint(2)), leaving.Endpoint(2, draining: true)]));
            var servedBefore = leaving.Served;
            gateway.Directory.Publish(TestRoutes.Route(spec, [.. serving.Select(replica => replica.Endpoint(2))]));
            await Expect.EventuallyAsync(() => next.Served > 20 && leaving.Now == 0);

            // Requests granted just before may still have been on their way: no more than its two places.
            Assert.InRange(leaving.Served - servedBefore, 0, 2);
            await leaving.DisposeAsync();
        }

        await stop.CancelAsync();
        var served = await Task.WhenAll(load);
        Assert.True(served.Sum() > 180);
    }

    [Theory]
    [InlineData("swagger.json")]
    [InlineData("v2/health/ready")]
    [InlineData("v2/models/iris")]
    public async Task Description_OfBusyService_IsAnsweredWithoutWaiting(string path)
    {
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            if (context.Request.Path == "/score")
            {
                await let.Task;
            }
        });
        var scoring = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Busy == 1);

        using var response = await gateway.Client.GetAsync("/api/v1/service/iris/" + path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        let.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await scoring).StatusCode);
    }

    [Fact]
    public async Task Service_Asleep_IsWokenByRequestAndAnswersIt()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var spec = TestRoutes.Open with { NumReplicas = null, AutoScaler = new() { MinReplicas = 0 }, MaxQueueWaitMs = 100 };
        gateway.Directory.Publish(TestRoutes.Route(spec));
        var began = TimeProvider.System.GetTimestamp();
        var waiting = gateway.ScoreAsync();

        Assert.Equal("up iris 1", await gateway.Scaler.Calls.ReadAsync().AsTask().WaitAsync(GatewayFixture.Patience));
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1), "the call took over a second");
        await Task.Delay(300);
        var replica = await gateway.AddReplicaAsync("first", Work);
        gateway.Directory.Publish(TestRoutes.Route(spec, replica.Endpoint()));

        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    private static async Task Work(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        await Task.Delay(3);
        await context.Response.WriteAsync("done");
    }
}
