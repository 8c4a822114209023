using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>Steady requests while something is done to the cluster: every one is answered.</summary>
[Collection(ClusterCollection.Name)]
public sealed class LosslessTests(ClusterFixture cluster)
{
    private const int Rate = 20;
    private const string Request = """{"data": [[5.1, 3.5, 1.4, 0.2]]}""";
    private const string Deployments = "/apis/apps/v1/namespaces/fairlead-system/deployments";
    private static readonly TimeSpan OutageTime = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task RollingUpdate_LosesNothing()
    {
        await ApplyAsync("rolling", 2, "one");
        await cluster.WaitUntilHealthyAsync("rolling");
        var probe = await Probe.StartAsync(cluster, "rolling", Request, Rate);

        foreach (var colour in (string[])["two", "three"])
        {
            await ApplyAsync("rolling", 2, colour);
            await cluster.WaitUntilHealthyAsync("rolling", 180);
        }

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("rolling");
    }

    [Fact]
    public async Task ScaleDown_AndPodsThatAreDeleted_LoseNothing()
    {
        await ApplyAsync("shrink", 3, "one");
        await cluster.WaitUntilHealthyAsync("shrink", 180);
        var probe = await Probe.StartAsync(cluster, "shrink", Request, Rate);

        await Kubectl.RunAsync("-n", cluster.Namespace, "scale", "fls/shrink", "--replicas=2");
        await WaitForPodsAsync("shrink", 2);
        var pod = (string)(await cluster.PodsAsync("shrink"))[0]["metadata"]!["name"]!;
        await Kubectl.RunAsync("-n", cluster.Namespace, "delete", "pod", pod, "--wait=true");
        await cluster.WaitForServiceAsync("shrink", "two replicas", status => (int?)status["readyReplicas"] == 2);

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("shrink");
    }

    [Fact]
    public async Task GatewayPod_Deleted_LosesNothing()
    {
        await ApplyAsync("leave", 2, "one");
        await cluster.WaitUntilHealthyAsync("leave");
        var probe = await Probe.StartAsync(cluster, "leave", Request, Rate);

        // One after the other, so that the coordinator of the service is among them.
        foreach (var pod in await ClusterFixture.GatewayPodsAsync())
        {
            await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "delete", "pod", (string)pod["metadata"]!["name"]!, "--wait=true");
            await WaitForGatewaysAsync();
        }

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("leave");
    }

    [Fact]
    public async Task Gateways_Replaced_LoseNothing()
    {
        await ApplyAsync("replace", 2, "one");
        await cluster.WaitUntilHealthyAsync("replace");
        var probe = await Probe.StartAsync(cluster, "replace", Request, Rate, "--new-connections");

        await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "rollout", "restart", "deployment/fairlead-gateway");
        await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "rollout", "status", "deployment/fairlead-gateway", "--timeout=120s");

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("replace");
    }

    [Fact]
    public async Task Gateways_Evicted_GoOneAtATime()
    {
        await WaitForGatewaysAsync();
        var pods = await ClusterFixture.GatewayPodsAsync();
        await Kubectl.WaitForAsync(
            await BudgetsAsync(), "fieldSelector=metadata.name=fairlead-gateway", "a gateway to spare",
            (_, budget) => (int?)budget["status"]?["disruptionsAllowed"] == 1, TimeSpan.FromSeconds(60));

        var first = await EvictAsync(pods[0]);
        var second = await EvictAsync(pods[1]);

        Assert.True(first.Code == 0, first.Error);
        Assert.True(second.Code != 0, "Both gateways were evicted at once.");
        Assert.Contains("disruption budget", second.Error, StringComparison.Ordinal);
        await WaitForGatewaysAsync();
    }

    [Fact]
    public async Task Operators_Deleted_LoseNothing()
    {
        await ApplyAsync("headless", 2, "one");
        await cluster.WaitUntilHealthyAsync("headless");
        var probe = await Probe.StartAsync(cluster, "headless", Request, Rate);

        await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "delete", "pod", "-l", "fairlead.dev/role=operator", "--wait=true");
        await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "rollout", "status", "deployment/fairlead-operator", "--timeout=120s");

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("headless");
    }

    [Fact]
    public async Task Gateway_Killed_LosesOnlyWhatItHad()
    {
        OwnCluster.Require();
        await ApplyAsync("crash-gateway", 2, "one");
        await cluster.WaitUntilHealthyAsync("crash-gateway");

        // Until its kubelet sees the end, kube-proxy sends new connections to the gateway that is gone; clients try again.
        var probe = await Probe.StartAsync(cluster, "crash-gateway", Request, Rate, "--connect-attempts 20");

        foreach (var pod in await ClusterFixture.GatewayPodsAsync())
        {
            var restarts = RestartsOf(pod);
            OwnCluster.KillContainer(pod, "gateway");
            var name = (string)pod["metadata"]!["name"]!;
            await Kubectl.WaitForAsync(
                "/api/v1/namespaces/fairlead-system/pods", "fieldSelector=metadata.name=" + name, "the restart of " + name,
                (_, value) => RestartsOf(value) > restarts && (bool?)value["status"]!["containerStatuses"]![0]!["ready"] == true, TimeSpan.FromSeconds(60));
        }

        var result = await probe.StopAsync();
        TestContext.Current.SendDiagnosticMessage("crash-gateway: " + Probe.Summary(result));

        // At this rate a request or two are in a gateway at a time.
        Assert.InRange((int)result["failed"]!, 0, 4);
        Assert.All(
            result["failures"]!.AsArray(),
            failure => Assert.True(((string)failure!["outcome"]!).StartsWith("connection", StringComparison.Ordinal), result.ToJsonString()));
        await cluster.DeleteServiceAsync("crash-gateway");
    }

    [Fact]
    public async Task ApiServer_Away_LosesNothing()
    {
        OwnCluster.Require();
        await ApplyAsync("alone", 2, "one");
        await cluster.WaitUntilHealthyAsync("alone");
        var probe = await Probe.StartAsync(cluster, "alone", Request, Rate);

        await OwnCluster.WithoutApiServerAsync(() => Task.Delay(OutageTime));
        await ApplyAsync("alone", 3, "one");
        await cluster.WaitForServiceAsync("alone", "a third replica", status => (int?)status["readyReplicas"] == 3, 180);

        await probe.StopWithoutFailureAsync();
        await cluster.DeleteServiceAsync("alone");
    }

    private static async Task<string> BudgetsAsync()
    {
        var version = (await Kubectl.TryAsync(null, "get", "--raw", "/apis/policy/v1")).Code == 0 ? "v1" : "v1beta1";
        return $"/apis/policy/{version}/namespaces/fairlead-system/poddisruptionbudgets";
    }

    // As a drain of its node does.
    private static async Task<(int Code, string Output, string Error)> EvictAsync(JsonNode pod)
    {
        var name = (string)pod["metadata"]!["name"]!;
        var version = (await BudgetsAsync()).Contains("v1beta1", StringComparison.Ordinal) ? "v1beta1" : "v1";
        var eviction = new JsonObject
        {
            ["apiVersion"] = "policy/" + version,
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ClusterFixture.SystemNamespace },
        };
        return await Kubectl.TryAsync(
            eviction.ToJsonString(), "create", "-f", "-", "--raw", $"/api/v1/namespaces/{ClusterFixture.SystemNamespace}/pods/{name}/eviction");
    }

    private static int RestartsOf(JsonNode pod) => (int?)pod["status"]!["containerStatuses"]?[0]?["restartCount"] ?? 0;

    // Requests wait as long as gateways take to agree on who keeps the queue.
    private Task ApplyAsync(string name, int replicas, string colour) => cluster.ApplyServiceAsync(name, $$$"""
        models:
          - {name: iris, framework: Onnx, files: [{{{cluster.FileYaml("iris.onnx")}}}]}
        replicas: {{{replicas}}}
        autoScaler: {autoscaleEnabled: false}
        resources: {cpu: 0.05, memoryInGB: 0.125}
        maxConcurrentRequestsPerContainer: 4
        maxQueueWaitMs: 15000
        environmentVariables: {COLOUR: "{{{colour}}}"}
        """);

    private Task<JsonNode> WaitForPodsAsync(string service, int count) => Kubectl.WaitForAsync(
        $"/apis/apps/v1/namespaces/{cluster.Namespace}/deployments", "fieldSelector=metadata.name=" + service, $"{count} pods of {service}",
        (_, deployment) => (int?)deployment["status"]!["replicas"] == count, TimeSpan.FromSeconds(60));

    private static Task<JsonNode> WaitForGatewaysAsync() => Kubectl.WaitForAsync(
        Deployments, "fieldSelector=metadata.name=fairlead-gateway", "both gateways",
        (_, deployment) => (int?)deployment["status"]!["readyReplicas"] == 2, TimeSpan.FromSeconds(90));
}
