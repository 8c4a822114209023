using System.Net;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Scenarios;

/// <summary>Failures that others published: what becomes of requests that wait (docs/where-others-failed.md).</summary>
public sealed class BacklogTests
{
    /// <summary>A backlog of one service took the router's memory until it ended, and with it all other services.
    /// https://github.com/knative/serving/issues/13583</summary>
    [Fact]
    public async Task Knative13583_Backlog_IsBoundedInBytesAndOtherServicesGoOn()
    {
        const int bound = 4 * 1024 * 1024;
        await using var held = await HeldGateway.StartAsync(
            TestRoutes.Open with { MaxQueueLength = 100_000 }, static options => options.MaxQueuedBytesPerService = bound);
        var other = await held.Gateway.AddReplicaAsync("other", static _ => Task.CompletedTask);
        held.Gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, other.Endpoint()) with { Service = "other" });
        var body = new string('x', 60_000);

        var backlog = Enumerable.Range(0, 150).Select(_ => held.Gateway.ScoreAsync(body)).ToList();
        await Expect.EventuallyAsync(() =>
            held.Gateway.Service.Queue.Snapshot().Queued + backlog.Count(static request => request.IsCompleted) == backlog.Count);

        var queue = held.Gateway.Service.Queue.Snapshot();
        Assert.InRange(queue.QueuedBytes, bound / 2, bound);
        Assert.Equal(bound / (60_000 + 4096), queue.Queued);
        using var answer = await held.Gateway.Client.PostAsync("/api/v1/service/other/score", new StringContent(body));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        held.Let();
        var statuses = (await Task.WhenAll(backlog).WaitAsync(GatewayFixture.Patience)).CountBy(static one => one.StatusCode).ToDictionary();
        Assert.Equal(queue.Queued, statuses[HttpStatusCode.OK]);
        Assert.Equal(backlog.Count - queue.Queued, statuses[HttpStatusCode.ServiceUnavailable]);
        Assert.Equal(0, held.Gateway.Service.Queue.Snapshot().QueuedBytes);
    }

    /// <summary>A service worked for 25 minutes on requests whose clients had left.
    /// https://github.com/Azure/azure-sdk-for-python/issues/36296</summary>
    [Fact]
    public async Task Azure36296_ClientsThatLeft_CostNoWork()
    {
        var held = new Held();
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartAsync();
        var replica = await gateway.AddReplicaAsync("r1", async context =>
        {
            try
            {
                await held.AnswerAsync(context);
            }
            finally
            {
                broken.TrySetResult();
            }
        });
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open with { MaxQueueWaitMs = 60_000 }, replica.Endpoint()));
        using var running = new CancellationTokenSource();
        using var waiting = new CancellationTokenSource();
        var runs = ScoreAsync(running.Token);
        await Expect.EventuallyAsync(() => replica.Now == 1);
        var waits = Enumerable.Range(0, 9).Select(_ => ScoreAsync(waiting.Token)).ToList();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Queued == 9);

        // Those that wait leave the queue at once, while the replica is busy.
        await waiting.CancelAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot() is { Queued: 0, Leases: 1 });

        // The one that runs is broken off, and its place is free.
        await running.CancelAsync();
        await broken.Task.WaitAsync(GatewayFixture.Patience);
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
        held.Let();
        using var next = await gateway.ScoreAsync();
        Assert.Equal((HttpStatusCode.OK, 2), (next.StatusCode, replica.Served));
        foreach (var request in waits.Append(runs))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        Task<HttpResponseMessage> ScoreAsync(CancellationToken cancellationToken) =>
            gateway.Client.PostAsync("/api/v1/service/iris/score", new StringContent("{}"), cancellationToken);
    }

    /// <summary>Requests were dropped when instances of the router were scaled down: those in it, and those that waited.
    /// https://github.com/knative/serving/issues/5364</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Knative5364_RouterScaledDown_DropsNothing(bool coordinates)
    {
        var held = new Held();
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 2, limit: 1, held.AnswerAsync);
        await group.SettleAsync();
        var queue = group.Coordinator.Service.Queue;
        var ending = group.Gateways.First(gateway => gateway == group.Coordinator == coordinates);
        using var client = new HttpClient { BaseAddress = ending.Addresses[0], Timeout = GatewayFixture.Patience };
        var requests = Enumerable.Range(0, 6)
            .Select(_ => client.PostAsync("/api/v1/service/iris/score", new StringContent("{}"))).ToList();
        await Expect.EventuallyAsync(() => queue.Snapshot() is { Leases: 2, Queued: 4 });

        var end = group.StopAsync(ending);
        held.Let();

        Assert.All(
            await Task.WhenAll(requests).WaitAsync(GatewayFixture.Patience),
            static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        await end;
        await group.SettleAsync();
        Assert.All(
            await Task.WhenAll(group.Gateways.Select(static gateway => gateway.ScoreAsync())),
            static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(group.Replicas, static replica => Assert.Equal(1, replica.Most));
    }
}
