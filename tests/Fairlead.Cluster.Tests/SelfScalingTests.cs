using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>Gateways that are slow give themselves more CPU, and lose no request by it.</summary>
[Collection(ClusterCollection.Name)]
public sealed class SelfScalingTests(ClusterFixture cluster)
{
    private const string Variable = "FAIRLEAD_Gateway__SelfScaling__";

    [Fact]
    public async Task Gateways_ThatAreSlow_GrowWithinTheRoomThereIs()
    {
        await cluster.ApplyServiceAsync("routed", $$$"""
            entryScript: version.py
            source: {files: [{{{cluster.FileYaml("version.py")}}}]}
            environmentVariables: {VERSION: any}
            maxQueueWaitMs: 30000
            replicas: 1
            autoScaler: {autoscaleEnabled: false}
            resources: {cpu: 0.05, memoryInGB: 0.125, cpuLimit: 1}
            """);
        await cluster.WaitUntilHealthyAsync("routed");
        try
        {
            // Any routing is slow by these rules.
            await SetAsync("Purpose=FastProd", "SlowRouting=00:00:00.0001", "SlowFor=00:00:02", "CoolDown=00:00:10", "IdleFor=10:00:00");
            var probe = await Probe.StartAsync(cluster, "routed", "{}", rate: 20);

            var grown = await Kubectl.WaitForAsync(
                $"/apis/apps/v1/namespaces/{ClusterFixture.SystemNamespace}/deployments", "fieldSelector=metadata.name=fairlead-gateway", "larger gateways",
                static (_, deployment) => MilliCpuOf(deployment) > 100, TimeSpan.FromSeconds(120));

            Assert.Equal(200, MilliCpuOf(grown));
            await RolledOutAsync();
            await probe.StopWithoutFailureAsync();
            var lease = await Kubectl.GetAsync("-n", ClusterFixture.SystemNamespace, "lease", "fairlead-gateway-scaling");
            Assert.Contains(":8490", (string)lease["spec"]!["holderIdentity"]!);
        }
        finally
        {
            await SetAsync("Purpose-", "SlowRouting-", "SlowFor-", "CoolDown-", "IdleFor-");
            await Kubectl.RunAsync("-n", ClusterFixture.SystemNamespace, "set", "resources", "deployment/fairlead-gateway", "--requests=cpu=100m,memory=128Mi");
            await RolledOutAsync();
        }

        await cluster.DeleteServiceAsync("routed");
    }

    private static async Task SetAsync(params string[] settings)
    {
        await Kubectl.RunAsync([
            "-n", ClusterFixture.SystemNamespace, "set", "env", "deployment/fairlead-gateway", .. settings.Select(static setting => Variable + setting)]);
        await RolledOutAsync();
    }

    private static Task<string> RolledOutAsync() => Kubectl.RunAsync(
        "-n", ClusterFixture.SystemNamespace, "rollout", "status", "deployment/fairlead-gateway", "--timeout=180s");

    private static int MilliCpuOf(JsonNode deployment)
    {
        var cpu = (string)deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!;
        return cpu.EndsWith('m') ? int.Parse(cpu[..^1], System.Globalization.CultureInfo.InvariantCulture)
            : 1000 * int.Parse(cpu, System.Globalization.CultureInfo.InvariantCulture);
    }
}
