using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Routing;
using Fairlead.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes.Tests.Routing;

public sealed class GatewayDeploymentTests : IDisposable
{
    private const string Path = "apis/apps/v1/namespaces/system/deployments/fairlead-gateway";

    private readonly FakeApiServer _server = new();
    private readonly ClusterClient _client;
    private readonly GatewayDeployment _gateways;

    public GatewayDeploymentTests()
    {
        _client = _server.CreateClient();
        _gateways = new GatewayDeployment(_client, "system", "me", TimeProvider.System, NullLoggerFactory.Instance);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(3, 3, 3, 500, 3)]
    [InlineData(3, 2, 3, null, null)]
    [InlineData(3, 3, 4, null, null)]
    [InlineData(3, 3, 2, null, null)]
    public async Task Read_Deployment_IsItsSizeOnceNothingChanges(int wanted, int updated, int present, int? milliCpu, int? pods)
    {
        Put(wanted, updated, present);

        var size = await _gateways.ReadAsync(default);

        Assert.Equal((milliCpu, pods), (size?.MilliCpu, size?.Pods));
    }

    [Fact]
    public async Task Read_NoDeployment_SaysSo() =>
        Assert.Contains("system/fairlead-gateway", (await Assert.ThrowsAsync<InvalidOperationException>(() => _gateways.ReadAsync(default))).Message);

    [Fact]
    public async Task Resize_ChangesCpuAndNumberAndNothingElse()
    {
        Put(3, 3, 3);

        await _gateways.ResizeAsync(1000, 4, default);

        var spec = _server.Find(Path)!["spec"]!;
        Assert.Equal(4, (int)spec["replicas"]!);
        Assert.Equal(
            """{"requests":{"cpu":"1000m","memory":"128Mi"},"limits":{"memory":"512Mi"}}""",
            spec["template"]!["spec"]!["containers"]![1]!["resources"]!.ToJsonString());
        Assert.Equal("100m", (string?)spec["template"]!["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]);
    }

    [Fact]
    public async Task Room_IsWhatNobodyOnTheNodesAskedFor()
    {
        PutNode("one", "4");
        PutNode("two", "2500m");
        PutNode("three", "8", """, "taints": [{"key": "gpu", "effect": "NoSchedule"}]""");
        PutPod("g1", "system", "one", "500m", gateway: true);
        PutPod("g2", "system", "one", "500m", gateway: true);
        PutPod("g3", "system", "two", "500m", gateway: true);
        PutPod("other", "ml", "two", "1500m", gateway: false);
        PutPod("over", "ml", "one", "2", gateway: false, phase: "Succeeded");

        // One: 3000 for two of them; two: 500 for one.
        Assert.Equal((500, 3000), await _gateways.FindRoomAsync(default));
    }

    private void Put(int wanted, int updated, int present) => _server.Put(Path, $$$"""
        {"metadata": {"name": "fairlead-gateway", "namespace": "system", "generation": 1},
         "spec": {"replicas": {{{wanted}}}, "template": {"spec": {"containers": [
           {"name": "helper", "resources": {"requests": {"cpu": "100m"} } },
           {"name": "gateway", "resources": {"requests": {"cpu": "500m", "memory": "128Mi"}, "limits": {"memory": "512Mi"} } }]} } },
         "status": {"observedGeneration": 1, "replicas": {{{present}}}, "updatedReplicas": {{{updated}}}, "readyReplicas": {{{Math.Min(wanted, present)}}} } }
        """);

    private void PutNode(string name, string cpu, string more = "") => _server.Put("api/v1/nodes/" + name, $$$"""
        {"metadata": {"name": "{{{name}}}"}, "spec": {"podCIDR": "10.1.0.0/24"{{{more}}} },
         "status": {"allocatable": {"cpu": "{{{cpu}}}"}, "conditions": [{"type": "Ready", "status": "True"}]}}
        """);

    private void PutPod(string name, string ns, string node, string cpu, bool gateway, string phase = "Running") => _server.Put($"api/v1/namespaces/{ns}/pods/{name}", $$$"""
        {"metadata": {"name": "{{{name}}}", "namespace": "{{{ns}}}", "labels": {"fairlead.dev/role": "{{{(gateway ? "gateway" : "none")}}}"} },
         "spec": {"nodeName": "{{{node}}}", "containers": [{"name": "c", "resources": {"requests": {"cpu": "{{{cpu}}}"} } }]}, "status": {"phase": "{{{phase}}}"}}
        """);
}
