using System.Globalization;
using Fairlead.Kubernetes.Operating;
using k8s.Models;

namespace Fairlead.Kubernetes.Installing;

/// <summary>How far a Deployment of ours has come: decided from what is seen.</summary>
internal static class RoleProgress
{
    /// <summary>Ends of a container that mean it will not run: the first may come of an order of things.</summary>
    private const int FatalCrashes = 3;

    public static bool IsRunning(V1Deployment deployment)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var status = deployment.Status;
        return status?.ObservedGeneration == deployment.Metadata.Generation
            && (status?.UpdatedReplicas ?? 0) >= wanted && (status?.AvailableReplicas ?? 0) >= wanted && status!.Replicas == wanted;
    }

    public static string Describe(V1Deployment deployment, IReadOnlyList<V1Pod> pods)
    {
        var trouble = pods.Select(PodFacts.FindTrouble).OfType<PodTrouble>().FirstOrDefault();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Starting {deployment.Metadata.Name}: {pods.Count(PodFacts.IsReady)} of {deployment.Spec.Replicas ?? 1} pods ready")
            + (trouble is null ? "..." : $"; {trouble.Pod}: {trouble.Reason}");
    }

    /// <summary>Why it will not run, with what to do; null while it still may.</summary>
    /// <param name="isLate">Whether the time has run out.</param>
    public static string? FindFailure(V1Deployment deployment, IReadOnlyList<V1Pod> pods, bool isLate)
    {
        var name = deployment.Metadata.Name;
        var image = deployment.Spec.Template.Spec.Containers[0].Image;
        var trouble = pods.Select(PodFacts.FindTrouble).OfType<PodTrouble>().OrderBy(found => found.Kind).FirstOrDefault();
        return trouble switch
        {
            { Kind: PodTroubleKind.ImagePull, Reason: not "ErrImagePull" } =>
                $"The cluster cannot pull '{image}' for {name}: {trouble.Reason}: {trouble.Message}. "
                + "Give an image that its nodes can pull with --image (eng/images.sh builds and pushes one).",
            { Kind: PodTroubleKind.Configuration } => $"{name} cannot start: {trouble.Reason}: {trouble.Message}",
            { Kind: PodTroubleKind.Crash or PodTroubleKind.OutOfMemory or PodTroubleKind.LivenessProbe } when trouble.Restarts + 1 >= FatalCrashes =>
                $"{name} ends again and again ({trouble.Reason}). Its last words: {trouble.Message}",
            { Kind: PodTroubleKind.Unschedulable } when isLate =>
                $"No node takes {name}: {trouble.Message}. Make room, or add a node, and attach again.",
            _ when isLate => $"{name} did not run in time"
                + (trouble is null ? "." : $": {trouble.Reason}: {trouble.Message}"),
            _ => null,
        };
    }
}
