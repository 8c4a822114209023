using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>What happens to a service while it runs: edits, deletes, scaling, another operator.</summary>
[Collection(ClusterCollection.Name)]
public sealed class LifeTests(ClusterFixture cluster)
{
    private static readonly string[] ChildKinds = ["deployment", "networkpolicy", "poddisruptionbudget", "secret", "replicaset", "pod"];

    [Fact]
    public async Task Children_EditedOrDeletedByHand_AreRestored()
    {
        var ns = cluster.Namespace;
        await ApplyIrisAsync("mend");
        await cluster.WaitUntilHealthyAsync("mend");

        await Kubectl.RunAsync("-n", ns, "set", "image", "deployment/mend", "scoring=nobody.example/other:1");
        await WaitForChildAsync("apis/apps/v1", "deployments", "mend", "the image", (_, deployment) => ImageOf(deployment) == cluster.Image);
        await Kubectl.RunAsync("-n", ns, "scale", "deployment/mend", "--replicas=4");
        await WaitForChildAsync("apis/apps/v1", "deployments", "mend", "the count", (_, deployment) => (int)deployment["spec"]!["replicas"]! == 1);
        await Kubectl.RunAsync("-n", ns, "label", "deployment/mend", "fairlead.dev/service-");
        await WaitForChildAsync(
            "apis/apps/v1", "deployments", "mend", "the label", (_, deployment) => (string?)deployment["metadata"]!["labels"]?["fairlead.dev/service"] == "mend");
        var uid = await UidAsync("networkpolicy", "mend");
        await Kubectl.RunAsync("-n", ns, "delete", "networkpolicy/mend");
        await WaitForChildAsync(
            "apis/networking.k8s.io/v1", "networkpolicies", "mend", "a new policy", (type, policy) => type != "DELETED" && (string)policy["metadata"]!["uid"]! != uid);
        uid = await UidAsync("deployment", "mend");
        await Kubectl.RunAsync("-n", ns, "delete", "deployment/mend");
        await WaitForChildAsync(
            "apis/apps/v1", "deployments", "mend", "a new Deployment", (type, deployment) => type != "DELETED" && (string)deployment["metadata"]!["uid"]! != uid);

        await cluster.WaitUntilHealthyAsync("mend");
        await cluster.DeleteServiceAsync("mend");
    }

    [Fact]
    public async Task Delete_LeavesNothing()
    {
        await ApplyIrisAsync("brief");
        await cluster.WaitUntilHealthyAsync("brief");
        Assert.All(ChildKinds[..4], kind => Assert.NotEmpty(ChildrenAsync(kind, "brief").GetAwaiter().GetResult()));

        await cluster.DeleteServiceAsync("brief");

        await Kubectl.WaitForAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/pods", "labelSelector=fairlead.dev/service%3Dbrief", "the end of the pod",
            (type, _) => type == "DELETED", TimeSpan.FromSeconds(90));
        foreach (var kind in ChildKinds)
        {
            Assert.Empty(await ChildrenAsync(kind, "brief"));
        }
    }

    [Fact]
    public async Task Scale_BySubresource_ChangesTheReplicas()
    {
        await ApplyIrisAsync("many");
        await cluster.WaitUntilHealthyAsync("many");

        await Kubectl.RunAsync("-n", cluster.Namespace, "scale", "fls/many", "--replicas=3");
        var scaled = await cluster.WaitForServiceAsync("many", "three replicas", status => (int?)status["readyReplicas"] == 3);
        await Kubectl.RunAsync("-n", cluster.Namespace, "wait", "--for=condition=Ready", "fls/many", "--timeout=30s");

        Assert.Equal("Healthy", (string)scaled["status"]!["state"]!);
        var columns = (await Kubectl.RunAsync("-n", cluster.Namespace, "get", "fls", "many")).Split('\n');
        Assert.Equal(["NAME", "STATE", "READY", "DESIRED", "UPDATED", "URL", "AGE"], columns[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            ["many", "Healthy", "3", "3", "3", "/api/v1/service/many/score"], columns[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..6]);
        var scale = JsonNode.Parse(await Kubectl.RunAsync(
            "get", "--raw", $"/apis/fairlead.dev/v1/namespaces/{cluster.Namespace}/scoringservices/many/scale"))!;
        Assert.Equal("fairlead.dev/service=many", (string)scale["status"]!["selector"]!);
        await cluster.DeleteServiceAsync("many");
    }

    [Fact]
    public async Task PodAutoscaler_OfTheDeployment_IsToldOf()
    {
        await ApplyIrisAsync("pulled");
        await cluster.WaitUntilHealthyAsync("pulled");

        await Kubectl.RunAsync("-n", cluster.Namespace, "autoscale", "deployment/pulled", "--min=1", "--max=2", "--cpu-percent=50");
        var told = await cluster.WaitForServiceAsync("pulled", "the conflict", status => ScalerOf(status).Reason == "ConflictingAutoscaler");
        Assert.Contains("HorizontalPodAutoscaler pulled", ScalerOf(told["status"]!).Message, StringComparison.Ordinal);
        Assert.Contains("ConflictingAutoscaler", await Kubectl.RunAsync("-n", cluster.Namespace, "describe", "fls", "pulled"), StringComparison.Ordinal);

        await Kubectl.RunAsync("-n", cluster.Namespace, "delete", "hpa", "pulled");
        await cluster.WaitForServiceAsync("pulled", "the end of the conflict", status => ScalerOf(status).Reason == "Autoscaling");
        await cluster.DeleteServiceAsync("pulled");
    }

    [Fact]
    public async Task Leader_Killed_AnotherOperatorGoesOn()
    {
        var lease = await Kubectl.GetAsync("-n", "fairlead-system", "lease", "fairlead-operator");
        var leader = string.Join('-', ((string)lease["spec"]!["holderIdentity"]!).Split('-')[..^1]);

        await Kubectl.RunAsync("-n", "fairlead-system", "delete", "pod", leader, "--grace-period=0", "--force");
        await ApplyIrisAsync("orphan");

        await cluster.WaitUntilHealthyAsync("orphan");
        var after = await Kubectl.GetAsync("-n", "fairlead-system", "lease", "fairlead-operator");
        Assert.NotEqual((string)lease["spec"]!["holderIdentity"]!, (string)after["spec"]!["holderIdentity"]!);
        await cluster.DeleteServiceAsync("orphan");
    }

    [Fact]
    public async Task Update_OfAVariable_ReplacesPodsAndEndsHealthy()
    {
        await ApplyIrisAsync("change");
        var before = await cluster.WaitUntilHealthyAsync("change");

        await ApplyIrisAsync("change", "environmentVariables: {COLOUR: blue}");
        var after = await cluster.WaitUntilHealthyAsync("change");

        Assert.NotEqual((string)before["status"]!["revision"]!, (string)after["status"]!["revision"]!);
        Assert.Equal(1, (int)after["status"]!["updatedReplicas"]!);
        await cluster.DeleteServiceAsync("change");
    }

    private static (string? Reason, string Message) ScalerOf(JsonNode status)
    {
        var condition = status["conditions"]?.AsArray().FirstOrDefault(static one => (string?)one!["type"] == "AutoscalerActive");
        return ((string?)condition?["reason"], (string?)condition?["message"] ?? "");
    }

    private Task ApplyIrisAsync(string name, string more = "") => cluster.ApplyServiceAsync(name, $$$"""
        models:
          - {name: iris, framework: Onnx, files: [{{{cluster.FileYaml("iris.onnx")}}}]}
        {{{more}}}
        """);

    private Task<JsonNode> WaitForChildAsync(string api, string plural, string name, string what, Func<string, JsonNode, bool> isSo) => Kubectl.WaitForAsync(
        $"/{api}/namespaces/{cluster.Namespace}/{plural}", $"fieldSelector=metadata.name={name}", $"{what} of {plural}/{name}", isSo, TimeSpan.FromSeconds(30));

    private async Task<string> UidAsync(string kind, string name) =>
        (string)(await Kubectl.GetAsync("-n", cluster.Namespace, kind, name))["metadata"]!["uid"]!;

    private async Task<JsonArray> ChildrenAsync(string kind, string service) =>
        (await Kubectl.GetAsync("-n", cluster.Namespace, kind, "-l", "fairlead.dev/service=" + service))["items"]!.AsArray();

    private static string ImageOf(JsonNode deployment) => (string)deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!;
}
