using System.Globalization;
using Fairlead.Contracts.Computes;
using k8s.Models;

namespace Fairlead.Kubernetes.Preflight;

/// <summary>How large a cluster has to be for its purpose (§1.9), and what is free in it.</summary>
internal static class NodeRules
{
    public const int ProductionNodes = 3;
    public const int ProductionCores = 12;
    public const int DevelopmentCores = 2;

    private const string Stage = "Attach";

    /// <summary>Nodes that run and take ordinary pods.</summary>
    public static IReadOnlyList<V1Node> Usable(IEnumerable<V1Node> nodes) =>
    [
        .. nodes.Where(node => node.Spec?.Unschedulable != true
            && (node.Status?.Conditions ?? []).Any(condition => condition is { Type: "Ready", Status: "True" })
            && (node.Spec?.Taints ?? []).All(taint => taint.Effect is not ("NoSchedule" or "NoExecute"))
            && (node.Metadata.Labels is not { } labels || !labels.TryGetValue("kubernetes.io/os", out var os) || os == "linux")),
    ];

    /// <summary>The rule of the purpose.</summary>
    public static PreflightCheck Check(IReadOnlyList<V1Node> usable, ClusterPurpose purpose)
    {
        var cores = usable.Sum(node => Amount(node.Status?.Allocatable, "cpu"));
        var found = string.Create(CultureInfo.InvariantCulture, $"{usable.Count} usable nodes with {cores:0.#} vCPUs");
        if (purpose == ClusterPurpose.DevTest)
        {
            return usable.Count == 0
                    ? new(Stage, "nodes", "workspace", PreflightOutcome.Fail, "The cluster has no node that runs and takes pods.", "Add a Linux node, or remove the taints of one.")
                : cores < DevelopmentCores
                    ? new(Stage, "nodes", "workspace", PreflightOutcome.Warn, $"{found}; {DevelopmentCores} vCPUs are recommended for DevTest.", "Add a node, or larger ones.")
                : new(Stage, "nodes", "workspace", PreflightOutcome.Pass, found + ".");
        }

        return usable.Count >= ProductionNodes && cores >= ProductionCores
            ? new(Stage, "nodes", "workspace", PreflightOutcome.Pass, found + ".")
            : new(
                Stage, "nodes", "workspace", PreflightOutcome.Fail,
                $"The cluster has {found}, but {purpose} needs at least {ProductionNodes} nodes and {ProductionCores} vCPUs in total.",
                "Add nodes, or attach it with --cluster-purpose DevTest when it is not for production traffic.");
    }

    /// <summary>What no pod has asked for, of all usable nodes, and on the node with the most of it.</summary>
    public static PreflightCheck CheckFree(IReadOnlyList<V1Node> usable, IReadOnlyList<V1Pod> pods, double neededCores)
    {
        var free = usable.Select(node => FreeOf(node, pods)).ToList();
        var cores = free.Sum(node => node.Cores);
        var largest = free.Select(node => node.Cores).DefaultIfEmpty().Max();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Free: {cores:0.##} vCPUs ({largest:0.##} on one node), {free.Sum(node => node.Memory) / (1L << 30):0.#} GB memory, {free.Sum(node => node.Gpus):0} GPUs.");
        return cores >= neededCores
            ? new("GatewayStart", "capacity", "workspace", PreflightOutcome.Pass, text)
            : new(
                "GatewayStart", "capacity", "workspace", PreflightOutcome.Fail,
                text + string.Create(CultureInfo.InvariantCulture, $" Fairlead's own roles ask for {neededCores:0.##} vCPUs."),
                "Add a node, or remove what is not needed.");
    }

    /// <summary>What no pod of the node has asked for.</summary>
    public static (double Cores, double Memory, double Gpus) FreeOf(V1Node node, IReadOnlyList<V1Pod> pods)
    {
        var own = pods.Where(pod => pod.Spec.NodeName == node.Metadata.Name && pod.Status?.Phase is not ("Succeeded" or "Failed")).ToList();
        return (Left("cpu"), Left("memory"), Left("nvidia.com/gpu"));

        double Left(string resource) => Math.Max(0, Amount(node.Status?.Allocatable, resource)
            - own.Sum(pod => Math.Max(
                pod.Spec.Containers.Sum(container => Amount(container.Resources?.Requests, resource)),
                (pod.Spec.InitContainers ?? []).Select(container => Amount(container.Resources?.Requests, resource)).DefaultIfEmpty().Max())));
    }

    private static double Amount(IDictionary<string, ResourceQuantity>? resources, string name) =>
        resources?.TryGetValue(name, out var quantity) == true ? quantity.ToDouble() : 0;
}
