using System.Net;
using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>Services answer at the gateways of the cluster, which find them by themselves and share one queue.</summary>
[Collection(ClusterCollection.Name)]
public sealed class GatewayTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Service_AnswersAtEachGateway_WithItsKeysOnly()
    {
        await ApplyIrisAsync("keyed");
        await cluster.WaitUntilHealthyAsync("keyed");
        var key = await cluster.KeyAsync("keyed");
        var request = await File.ReadAllTextAsync(ClusterFixture.Sample("iris-onnx/request.json"));

        var gateways = await ClusterFixture.GatewayPodsAsync();
        Assert.Equal(2, gateways.Count);
        foreach (var pod in gateways)
        {
            await using var gateway = await PortForward.ToAsync(ClusterFixture.SystemNamespace, pod, GatewayCalls.Port);
            var (status, body) = await GatewayCalls.ScoreAsync(gateway, "keyed", key, request);
            Assert.Equal((HttpStatusCode.OK, "[2,1,0,1,1,0]"), (status, JsonNode.Parse(body)!["result"]!.ToJsonString()));
            Assert.Equal(HttpStatusCode.Unauthorized, (await GatewayCalls.ScoreAsync(gateway, "keyed", null, request)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GatewayCalls.ScoreAsync(gateway, "keyed", key + "x", request)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await GatewayCalls.ScoreAsync(gateway, "nobody", key, request)).Status);
        }

        // The gateways see a new key, and the end of the service, by their watches.
        await using (var gateway = await PortForward.ToAsync(ClusterFixture.SystemNamespace, gateways[0], GatewayCalls.Port))
        {
            await Kubectl.RunAsync("-n", cluster.Namespace, "patch", "secret", "keyed-keys", "--type=merge", "-p", """{"stringData": {"primaryKey": "another"} }""");
            await GatewayCalls.UntilAsync(async () => (await GatewayCalls.ScoreAsync(gateway, "keyed", "another", request)).Status == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GatewayCalls.ScoreAsync(gateway, "keyed", key, request)).Status);
            await cluster.DeleteServiceAsync("keyed");
            await GatewayCalls.UntilAsync(async () => (await GatewayCalls.ScoreAsync(gateway, "keyed", "another", request)).Status == HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task TwoGateways_HaveOneQueue()
    {
        await ApplySlowAsync("queue", "maxQueueLength: 3\nmaxQueueWaitMs: 60000");
        await cluster.WaitUntilHealthyAsync("queue");
        var key = await cluster.KeyAsync("queue");
        var gateways = await ClusterFixture.GatewayPodsAsync();
        await using var one = await PortForward.ToAsync(ClusterFixture.SystemNamespace, gateways[0], GatewayCalls.Port);
        await using var two = await PortForward.ToAsync(ClusterFixture.SystemNamespace, gateways[1], GatewayCalls.Port);
        await GatewayCalls.UntilAsync(async () => (await GatewayCalls.ScoreAsync(one, "queue", key, """{"data": [1], "seconds": 0}""")).Status == HttpStatusCode.OK
            && (await GatewayCalls.ScoreAsync(two, "queue", key, """{"data": [1], "seconds": 0}""")).Status == HttpStatusCode.OK);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            i => GatewayCalls.ScoreAsync(i % 2 == 0 ? one : two, "queue", key, """{"data": [1], "seconds": 2}""")));

        // One runs and three wait, wherever they came in; with a queue in each gateway, twice as many would.
        Assert.Equal(4, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Contains("overloaded", answer.Body, StringComparison.Ordinal));
        await cluster.DeleteServiceAsync("queue");
    }

    [Fact]
    public async Task Gateways_AskForWhatASmallNodeHas_AndUseNoMore()
    {
        var pod = (await ClusterFixture.GatewayPodsAsync())[0];

        Assert.Equal("""{"cpu":"100m","memory":"128Mi"}""", pod["spec"]!["containers"]![0]!["resources"]!["requests"]!.ToJsonString());
        var used = long.Parse(
            await Kubectl.RunAsync(
                "-n", ClusterFixture.SystemNamespace, "exec", (string)pod["metadata"]!["name"]!, "--",
                "sh", "-c", "awk '/^RssAnon/ {print $2}' /proc/1/status"),
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(used, 1, 128 * 1024);
    }

    private Task ApplyIrisAsync(string name) => cluster.ApplyServiceAsync(name, $$$"""
        models:
          - {name: iris, framework: Onnx, files: [{{{cluster.FileYaml("iris.onnx")}}}]}
        resources: {cpu: 0.05, memoryInGB: 0.125}
        """);

    private Task ApplySlowAsync(string name, string more) => cluster.ApplyServiceAsync(name, $$$"""
        entryScript: score.py
        source: {files: [{{{cluster.FileYaml("score.py")}}}]}
        resources: {cpu: 0.05, memoryInGB: 0.125}
        {{{more}}}
        """);
}
