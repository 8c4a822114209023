using System.Net;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Peering;

/// <summary>Three gateways over real sockets.</summary>
public sealed class GatewayGroupTests
{
    [Fact]
    public async Task Requests_300ThroughThreeGateways_NeverPassLimitAndUseEveryPlace()
    {
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 3, limit: 2, context => Task.Delay(10, context.RequestAborted));
        await group.SettleAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => group.Gateways[i % 3].ScoreAsync()));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(group.Replicas, replica => Assert.Equal(2, replica.Most));
        await Expect.EventuallyAsync(() => group.Gateways.All(gateway => gateway.Service.Queue.Snapshot().Leases == 0));
    }

    [Fact]
    public async Task Requests_ThroughDifferentGateways_AreServedInOrderOfArrival()
    {
        var order = new List<string>();
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 1, limit: 1, async context =>
        {
            await let.Task;
            order.Add(context.Request.Query["n"]!);
        });
        await group.SettleAsync();
        var queue = group.Coordinator.Service.Queue;
        var requests = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 12; i++)
        {
            requests.Add(group.Gateways[i % 3].Client.GetAsync("/api/v1/service/iris/score?n=" + i));
            await Expect.EventuallyAsync(() =>
                queue.Snapshot() is { Leases: 1 } snapshot && snapshot.Queued == requests.Count - 1);
        }

        let.SetResult();
        await Task.WhenAll(requests);

        Assert.Equal(Enumerable.Range(0, 12).Select(i => i.ToString()), order);
    }

    [Fact]
    public async Task Coordinator_StopsInOrder_OthersGoOnAndNoRequestIsLost()
    {
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 2, limit: 1, context => Task.Delay(20, context.RequestAborted));
        await group.SettleAsync();
        var coordinator = group.Coordinator;
        var others = group.Gateways.Where(gateway => gateway != coordinator).ToList();

        var requests = Enumerable.Range(0, 100).Select(i => others[i % 2].ScoreAsync()).ToList();
        await group.StopAsync(coordinator);
        requests.AddRange(Enumerable.Range(0, 20).Select(i => others[i % 2].ScoreAsync()));
        var answers = await Task.WhenAll(requests);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(group.Replicas, replica => Assert.Equal(1, replica.Most));
        await group.SettleAsync();
    }

    [Fact]
    public async Task Coordinator_IsCutOff_OthersGoOnWithinLimitAndItBreaksOffWhatItHas()
    {
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var group = await GatewayGroup.StartAsync(3);
        await group.PublishAsync(replicas: 1, limit: 1, context => let.Task.WaitAsync(context.RequestAborted));
        await group.SettleAsync();
        var coordinator = group.Coordinator;
        var others = group.Gateways.Where(gateway => gateway != coordinator).ToList();
        var held = coordinator.ScoreAsync();
        await Expect.EventuallyAsync(() => group.Replicas[0].Now == 1);
        var waiting = others.Select(gateway => gateway.ScoreAsync()).ToList();

        await GatewayGroup.CutOffAsync(coordinator);

        // The held request ends before another may enter the replica.
        using var broken = await held;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        let.SetResult();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, group.Replicas[0].Most);
        using var refused = await coordinator.ScoreAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task OneOfTwo_StopsInOrder_TheOtherGoesOn()
    {
        await using var group = await GatewayGroup.StartAsync(2);
        await group.PublishAsync(replicas: 2, limit: 1, context => Task.Delay(20, context.RequestAborted));
        await group.SettleAsync();
        var coordinator = group.Coordinator;
        var other = group.Gateways.Single(gateway => gateway != coordinator);

        var requests = Enumerable.Range(0, 20).Select(_ => other.ScoreAsync()).ToList();
        await group.StopAsync(coordinator);
        requests.AddRange(Enumerable.Range(0, 20).Select(_ => other.ScoreAsync()));

        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Gateway_WithoutMajority_RefusesWithReason()
    {
        await using var group = await GatewayGroup.StartAsync(1, of: 3);
        await group.PublishAsync(replicas: 1, limit: 1, _ => Task.CompletedTask, maxWait: 300);

        var answer = await group.Gateways[0].ScoreAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(
            GatewayReasons.CoordinatorUnavailable, Assert.Single(answer.Headers.GetValues("x-fairlead-gateway")));
    }
}
