using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Scenarios;

/// <summary>Failures that others published: requests in the wrong replica, or waiting while another is free
/// (docs/where-others-failed.md).</summary>
public sealed class PlacementTests
{
    /// <summary>Two routers, one request a replica: each router owned one replica, so that the second request through the
    /// same router waited while the other's replica was free. https://github.com/knative/serving/issues/13331</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Knative13331_TwoRoutersOneRequestAReplica_NoRequestWaitsWhileAReplicaIsFree(int router)
    {
        var held = new Held();
        await using var group = await GatewayGroup.StartAsync(2);
        await group.PublishAsync(replicas: 2, limit: 1, held.AnswerAsync);
        await group.SettleAsync();

        var requests = new[] { group.Gateways[router].ScoreAsync(), group.Gateways[router].ScoreAsync() };

        await Expect.EventuallyAsync(() => group.Replicas.All(static replica => replica.Now == 1));
        held.Let();
        await AssertAllAnswered(requests);
    }

    /// <summary>A request that had been given to a busy replica stayed there although new replicas came.
    /// https://github.com/ray-project/ray/issues/32652</summary>
    [Fact]
    public async Task Ray32652_NewReplicaWhileOneIsBusy_ServesWhatWaits()
    {
        var held = new Held();
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(held.AnswerAsync);
        var first = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 1);
        var waiting = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Queued == 1);
        var added = await gateway.AddReplicaAsync("r2", static _ => Task.CompletedTask);

        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open, [.. gateway.Service.Snapshot.Route.Replicas, added.Endpoint()]));

        await AssertAllAnswered(waiting);
        Assert.Equal((1, false), (added.Served, first.IsCompleted));
        held.Let();
        await AssertAllAnswered(first);
    }

    /// <summary>Requests went on to one busy pod while the pods that were added stayed idle.
    /// https://github.com/knative/serving/issues/4107</summary>
    [Fact]
    public async Task Knative4107_ReplicasAddedToABusyOne_GetTheNextRequests()
    {
        var held = new Held();
        await using var gateway = await GatewayFixture.StartAsync();
        var busy = await gateway.AddReplicaAsync("busy", held.AnswerAsync);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, busy.Endpoint(10)));
        var requests = Score(gateway, 5);
        await Expect.EventuallyAsync(() => busy.Now == 5);
        var added = await AddAsync(gateway, 4, held);
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open, [busy.Endpoint(10), .. added.Select(static replica => replica.Endpoint(10))]));

        requests.AddRange(Score(gateway, 4));

        await Expect.EventuallyAsync(() => added.All(static replica => replica.Now == 1));
        Assert.Equal(5, busy.Now);
        held.Let();
        await AssertAllAnswered([.. requests]);
    }

    /// <summary>After a rollout or a large scale-up the load stayed uneven for good, because each router went on with a
    /// slice of its own. https://github.com/knative/serving/issues/14199</summary>
    [Fact]
    public async Task Knative14199_Rollout_LoadIsEvenAfterIt()
    {
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 2, limit: 2, Work);
        await group.SettleAsync();
        await AssertAllAnswered([.. Enumerable.Range(0, 12).Select(i => group.Gateways[i % 3].ScoreAsync())]);
        var old = group.Replicas.Select(static replica => replica.Served).ToArray();
        var added = new List<FakeReplica>();
        for (var i = 0; i < 6; i++)
        {
            added.Add(await FakeReplica.StartAsync("new" + i, Work));
        }

        group.Replicas.AddRange(added);

        // Every gateway learns of them in an order of its own.
        foreach (var gateway in group.Gateways)
        {
            gateway.Directory.Publish(TestRoutes.Route(
                gateway.Service.Snapshot.Route.Spec, [.. added.Select(static replica => replica.Endpoint(2))]));
            added.Reverse();
        }

        for (var round = 0; round < 60; round++)
        {
            await AssertAllAnswered([.. Enumerable.Range(0, 3).Select(i => group.Gateways[i].ScoreAsync())]);
        }

        Assert.Equal(old, group.Replicas.Take(2).Select(static replica => replica.Served));
        Assert.All(added, static replica => Assert.InRange(replica.Served, 24, 36));
    }

    /// <summary>During large scaling steps routing stopped, although pods were ready.
    /// https://github.com/knative/serving/issues/14200</summary>
    [Fact]
    public async Task Knative14200_LargeScalingSteps_ReadyReplicasServeAtOnce()
    {
        var held = new Held();
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(held.AnswerAsync);
        var first = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 1);
        var busy = gateway.Service.Snapshot.Route.Replicas[0];
        var server = await gateway.AddReplicaAsync("many", static _ => Task.CompletedTask);

        foreach (var (ready, wanted) in new[] { (10, 200), (60, 200), (200, 200), (3, 3), (150, 400), (1, 1) })
        {
            // Only the busy one is there when the request comes, and many more start.
            gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, busy) with { DesiredReplicas = wanted });
            var waiting = gateway.ScoreAsync();
            await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Queued == 1);
            var many = Enumerable.Range(0, ready).Select(i => new ReplicaEndpoint("m" + i, server.Address, 1, false));
            gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, [busy, .. many]) with { DesiredReplicas = wanted });
            await AssertAllAnswered(waiting);
        }

        Assert.False(first.IsCompleted);
        held.Let();
        await AssertAllAnswered(first);
    }

    /// <summary>After scale from zero the first ready pod got all that waited, above its limit, before the others came.
    /// https://github.com/knative/serving/issues/9888</summary>
    [Fact]
    public async Task Knative9888_FirstReplicaAfterZero_GetsNoMoreThanItsPlaces()
    {
        var held = new Held();
        var spec = TestRoutes.Open with { NumReplicas = null, AutoScaler = new() { MinReplicas = 0 } };
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Directory.Publish(TestRoutes.Route(spec));
        var requests = Score(gateway, 20);
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Queued == 20);
        var first = await AddAsync(gateway, 1, held);

        gateway.Directory.Publish(TestRoutes.Route(spec, first[0].Endpoint(2)));

        await Expect.EventuallyAsync(() => first[0].Now == 1);
        Assert.Equal((1, 19), (gateway.Service.Queue.Snapshot().Leases, gateway.Service.Queue.Snapshot().Queued));
        FakeReplica[] all = [.. first, .. await AddAsync(gateway, 4, held)];
        gateway.Directory.Publish(TestRoutes.Route(spec, [.. all.Select(static replica => replica.Endpoint(2))]));
        await Expect.EventuallyAsync(() => all.All(static replica => replica.Now == 1));
        held.Let();
        await AssertAllAnswered([.. requests]);
        Assert.All(all, static replica => Assert.InRange(replica.Most, 1, 2));
    }

    private static List<Task<HttpResponseMessage>> Score(GatewayFixture gateway, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => gateway.ScoreAsync())];

    private static async Task<List<FakeReplica>> AddAsync(GatewayFixture gateway, int count, Held held)
    {
        var added = new List<FakeReplica>();
        for (var i = 0; i < count; i++)
        {
            added.Add(await gateway.AddReplicaAsync($"added{count}-{i}", held.AnswerAsync));
        }

        return added;
    }

    private static async Task AssertAllAnswered(params Task<HttpResponseMessage>[] requests)
    {
        foreach (var answer in await Task.WhenAll(requests).WaitAsync(GatewayFixture.Patience))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
    }

    private static Task Work(Microsoft.AspNetCore.Http.HttpContext context) => Task.Delay(2, context.RequestAborted);
}
