using System.Collections.Concurrent;
using System.Net;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>An endpoint shares its requests among services of the cluster (§1.8), by kubectl alone.</summary>
[Collection(ClusterCollection.Name)]
public sealed class EndpointTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Shares_ThatChangeUnderLoad_FailNoRequest()
    {
        await ApplyVersionAsync("shop-blue", "blue");
        await ApplyVersionAsync("shop-green", "green");
        await ApplyEndpointAsync("trafficPercentile: 0");
        await cluster.WaitUntilHealthyAsync("shop-blue");
        await cluster.WaitUntilHealthyAsync("shop-green");
        await cluster.WaitUntilHealthyAsync("shop");
        var key = await cluster.KeyAsync("shop");
        await using var gateway = await PortForward.ToAsync(
            ClusterFixture.SystemNamespace, (await ClusterFixture.GatewayPodsAsync())[0], GatewayCalls.Port);
        await GatewayCalls.UntilAsync(async () => (await ScoreAsync(gateway, key)).Status == HttpStatusCode.OK);
        var answers = new ConcurrentQueue<(HttpStatusCode Status, string Body)>();
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Enqueue(await ScoreAsync(gateway, key));
            }
        }));

        await CountAsync(answers, 20);
        Assert.All(answers, static answer => Assert.Equal((HttpStatusCode.OK, "\"blue\""), answer));

        // Both answer; then only the other one.
        await ApplyEndpointAsync("trafficPercentile: 50");
        await GatewayCalls.UntilAsync(() => Yield(answers.Any(static answer => answer.Body == "\"green\"")));
        await ApplyEndpointAsync("trafficPercentile: 100");
        await GatewayCalls.UntilAsync(() => Yield(answers.TakeLast(20).All(static answer => answer.Body == "\"green\"")));
        await stop.CancelAsync();
        await load;
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.Status));

        // A shadow is asked too, and nobody hears it.
        await ApplyEndpointAsync("shadowPercentile: 100");
        await GatewayCalls.UntilAsync(async () => (await ScoreAsync(gateway, key)).Body == "\"blue\"");
        var before = await AskedAsync("shop-green");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((HttpStatusCode.OK, "\"blue\""), await ScoreAsync(gateway, key));
        }

        await GatewayCalls.UntilAsync(async () => await AskedAsync("shop-green") >= before + 5);
        foreach (var name in new[] { "shop", "shop-blue", "shop-green" })
        {
            await cluster.DeleteServiceAsync(name);
        }
    }

    [Fact]
    public async Task Service_ThatBecomesAnEndpoint_GivesItsPodsBack()
    {
        await ApplyVersionAsync("turn-blue", "blue");
        await ApplyVersionAsync("turn", "old");
        await cluster.WaitUntilHealthyAsync("turn");

        await cluster.ApplyServiceAsync("turn", "traffic: {versions: [{name: blue, service: turn-blue}]}");

        foreach (var kind in new[] { "deployment", "networkpolicy", "poddisruptionbudget" })
        {
            await GatewayCalls.UntilAsync(async () => (await Kubectl.TryAsync(null, "-n", cluster.Namespace, "get", kind, "turn")).Code != 0);
        }

        await cluster.WaitUntilHealthyAsync("turn-blue");
        var key = await cluster.KeyAsync("turn");
        await using var gateway = await PortForward.ToAsync(
            ClusterFixture.SystemNamespace, (await ClusterFixture.GatewayPodsAsync())[0], GatewayCalls.Port);
        await GatewayCalls.UntilAsync(async () => await GatewayCalls.ScoreAsync(gateway, "turn", key, "{}") == (HttpStatusCode.OK, "\"blue\""));
        await cluster.DeleteServiceAsync("turn");
        await cluster.DeleteServiceAsync("turn-blue");
    }

    private static Task<(HttpStatusCode Status, string Body)> ScoreAsync(PortForward gateway, string key) =>
        GatewayCalls.ScoreAsync(gateway, "shop", key, "{}");

    private static async Task<bool> Yield(bool value)
    {
        await Task.Delay(50);
        return value;
    }

    private static Task CountAsync(ConcurrentQueue<(HttpStatusCode Status, string Body)> answers, int count) =>
        GatewayCalls.UntilAsync(() => Yield(answers.Count >= count));

    private async Task<int> AskedAsync(string service)
    {
        var pod = (string)Assert.Single(await cluster.PodsAsync(service))["metadata"]!["name"]!;
        return (await Kubectl.RunAsync("-n", cluster.Namespace, "logs", pod, "-c", "scoring")).Split("asked ").Length - 1;
    }

    private Task ApplyEndpointAsync(string green) => cluster.ApplyServiceAsync("shop", $$$"""
        traffic:
          versions:
            - {name: blue, service: shop-blue, isControl: true}
            - {name: green, service: shop-green, {{{green}}}}
          defaultVersion: blue
        """);

    private Task ApplyVersionAsync(string name, string version) => cluster.ApplyServiceAsync(name, $$$"""
        entryScript: version.py
        source: {files: [{{{cluster.FileYaml("version.py")}}}]}
        environmentVariables: {VERSION: {{{version}}}}
        maxQueueWaitMs: 20000
        replicas: 1
        autoScaler: {autoscaleEnabled: false}
        resources: {cpu: 0.05, memoryInGB: 0.125, cpuLimit: 1}
        """);
}
