using System.Globalization;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Leading;
using Fairlead.Kubernetes.Preflight;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Routing;

/// <summary>The Deployment of the gateways: how large they are, what room there is, and changing it. A changed size replaces the pods
/// one by one; each drains, so no request is lost.</summary>
/// <param name="client">For the cluster.</param>
/// <param name="ns">Of the gateways.</param>
/// <param name="identity">Of this gateway among those that may decide.</param>
public sealed class GatewayDeployment(
    ClusterClient client, string ns, string identity, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>Of the Deployment.</summary>
    public const string Name = "fairlead-gateway";

    private const string Container = "gateway";

    /// <summary>Name of the Lease that the deciding gateway holds.</summary>
    public const string LeaseName = "fairlead-gateway-scaling";

    /// <summary>Runs the work whenever this gateway is the one that decides.</summary>
    public Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        new LeaderElection(client, ns, LeaseName, identity, time, logs.CreateLogger<LeaderElection>()).RunAsync(work, cancellationToken);

    /// <summary>CPU asked for in thousandths, and pods; null while a change of it is under way.</summary>
    /// <exception cref="ClusterException">The server said no, or there is no such Deployment.</exception>
    public async Task<(int MilliCpu, int Pods)?> ReadAsync(CancellationToken cancellationToken)
    {
        var deployment = await client.FindAsync(ApiKinds.Deployments, ns, Name, cancellationToken)
            ?? throw new InvalidOperationException($"There is no Deployment {ns}/{Name}, so the gateways cannot scale themselves.");
        var wanted = deployment.Spec.Replicas ?? 1;
        return deployment.Status is { } status && status.ObservedGeneration == deployment.Metadata.Generation
            && status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && status.Replicas == wanted
            ? (MilliCpuOf(deployment), wanted)
            : null;
    }

    /// <summary>What each gateway could gain where it runs, and the most that a new one would find, in thousandths of a CPU.</summary>
    public async Task<(int PerGateway, int ForNew)> FindRoomAsync(CancellationToken cancellationToken)
    {
        var nodes = NodeRules.Usable((await client.ListAsync(ApiKinds.Nodes, new ListQuery(), cancellationToken)).Items);
        var pods = (await client.ListAsync(ApiKinds.Pods, new ListQuery(), cancellationToken)).Items;
        var gateways = pods.Where(pod => pod.Metadata.NamespaceProperty == ns && !string.IsNullOrEmpty(pod.Spec.NodeName)
                && pod.Metadata.Labels?.TryGetValue(Names.RoleLabel, out var role) == true && role == Names.GatewayRole)
            .CountBy(static pod => pod.Spec.NodeName).ToDictionary();
        var free = nodes.ToDictionary(static node => node.Metadata.Name, node => (int)(1000 * NodeRules.FreeOf(node, pods).Cores));
        var gains = gateways.Select(one => free.GetValueOrDefault(one.Key) / one.Value).ToList();
        return (gains.Count == 0 ? 0 : gains.Min(), free.Count == 0 ? 0 : free.Values.Max());
    }

    /// <summary>Changes both.</summary>
    public async Task ResizeAsync(int milliCpu, int pods, CancellationToken cancellationToken)
    {
        var deployment = await client.FindAsync(ApiKinds.Deployments, ns, Name, cancellationToken)
            ?? throw new InvalidOperationException($"There is no Deployment {ns}/{Name}.");
        var index = deployment.Spec.Template.Spec.Containers.ToList().FindIndex(static container => container.Name == Container);
        var path = string.Create(CultureInfo.InvariantCulture, $"/spec/template/spec/containers/{index}");
        await client.PatchAsync(
            ApiKinds.Deployments, ns, Name,
            [
                new { op = "test", path = path + "/name", value = (object)Container },
                new { op = "replace", path = "/spec/replicas", value = (object)pods },
                new { op = "replace", path = path + "/resources/requests/cpu", value = (object)string.Create(CultureInfo.InvariantCulture, $"{milliCpu}m") },
            ],
            cancellationToken);
    }

    private static int MilliCpuOf(V1Deployment deployment)
    {
        var requests = deployment.Spec.Template.Spec.Containers.Single(static container => container.Name == Container).Resources?.Requests;
        return requests is not null && requests.TryGetValue("cpu", out var cpu)
            ? (int)(1000 * cpu.ToDouble())
            : throw new InvalidOperationException($"The Deployment {Name} asks for no CPU, so the gateways cannot scale themselves.");
    }
}
