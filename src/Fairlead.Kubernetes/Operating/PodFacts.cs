using Fairlead.Contracts.Routing;
using k8s.Models;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Reads what matters out of a pod.</summary>
internal static class PodFacts
{
    private static readonly HashSet<string> ImageReasons =
        ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"];

    private static readonly HashSet<string> ConfigurationReasons =
        ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"];

    public static bool IsEnding(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether it will never run again, for example after an eviction; its ReplicaSet has made another.</summary>
    public static bool HasEnded(V1Pod pod) => pod.Status?.Phase is "Failed" or "Succeeded";

    public static bool IsReady(V1Pod pod) => !IsEnding(pod) && HasCondition(pod, "Ready");

    /// <summary>Whether its containers are ready, as its node said last.</summary>
    public static bool HasReadyContainers(V1Pod pod) => !IsEnding(pod) && HasCondition(pod, "ContainersReady");

    public static bool IsScheduled(V1Pod pod) => HasCondition(pod, "PodScheduled");

    public static string? Revision(V1Pod pod) => pod.Metadata.Labels?.TryGetValue(Names.RevisionLabel, out var revision) == true ? revision : null;

    /// <summary>Whether models and source are in place.</summary>
    public static bool IsPrepared(V1Pod pod) => HasCondition(pod, "Initialized");

    /// <summary>Whether the images of all containers that had their turn are on the node.</summary>
    public static bool HasImages(V1Pod pod) => IsPrepared(pod)
        && (pod.Status?.ContainerStatuses ?? []).Any(status => !string.IsNullOrEmpty(status.ImageID));

    /// <summary>How its start went, in whole seconds as Kubernetes notes them; phases that it has not noted are null. What the init
    /// containers do counts as <see cref="ReplicaStart.Pull"/>, the image of the scoring container as
    /// <see cref="ReplicaStart.Start"/>. Null when nothing is known.</summary>
    public static ReplicaStart? StartOf(V1Pod pod)
    {
        var made = Time(pod.Metadata.CreationTimestamp);
        var scheduled = Since("PodScheduled");
        var prepared = Since("Initialized");
        var running = (pod.Status?.ContainerStatuses ?? []).Select(status => Time(status.State?.Running?.StartedAt)).Max();
        var ready = Since("Ready");
        var start = new ReplicaStart(
            Between(made, scheduled), Between(scheduled, prepared), Between(prepared, running), Between(running, ready));
        return start is { Schedule: null, Pull: null, Start: null, Load: null } ? null : start;

        DateTimeOffset? Since(string type) =>
            Time(Conditions(pod).FirstOrDefault(condition => condition.Type == type && condition.Status == "True")?.LastTransitionTime);

        // Noted by different machines.
        static TimeSpan? Between(DateTimeOffset? from, DateTimeOffset? to) =>
            to - from is { } time ? time < TimeSpan.Zero ? TimeSpan.Zero : time : null;
    }

    /// <summary>Null when nothing is wrong, as far as can be seen.</summary>
    public static PodTrouble? FindTrouble(V1Pod pod)
    {
        if (IsReady(pod) || IsEnding(pod))
        {
            return null;
        }

        return OfScheduling(pod)
            ?? (pod.Status?.InitContainerStatuses ?? []).Select(status => OfContainer(pod, status, PodTroubleKind.Preparation)).FirstOrDefault(found => found is not null)
            ?? (pod.Status?.ContainerStatuses ?? []).Select(status => OfContainer(pod, status, PodTroubleKind.Crash)).FirstOrDefault(found => found is not null);
    }

    private static PodTrouble? OfScheduling(V1Pod pod)
    {
        var condition = Conditions(pod).FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False", Reason: "Unschedulable" });
        return condition is null
            ? null
            : new PodTrouble(PodTroubleKind.Unschedulable, pod.Metadata.Name, condition.Reason, condition.Message ?? "", 0, null, Time(condition.LastTransitionTime));
    }

    private static PodTrouble? OfContainer(V1Pod pod, V1ContainerStatus status, PodTroubleKind ended)
    {
        if (status.State?.Waiting is { Reason: { } reason } waiting)
        {
            if (ImageReasons.Contains(reason))
            {
                return Of(PodTroubleKind.ImagePull, reason, waiting.Message, null);
            }

            if (ConfigurationReasons.Contains(reason))
            {
                return Of(PodTroubleKind.Configuration, reason, waiting.Message, null);
            }
        }

        var end = status.State?.Terminated ?? status.LastState?.Terminated;
        if (end is null || (ended == PodTroubleKind.Preparation && end.ExitCode == 0))
        {
            return null;
        }

        // An end with code 0 that was followed by a restart was asked for: a probe failed.
        var kind = end.Reason == "OOMKilled" ? PodTroubleKind.OutOfMemory
            : ended == PodTroubleKind.Crash && end.ExitCode == 0 ? PodTroubleKind.LivenessProbe
            : ended;
        return Of(kind, status.State?.Waiting?.Reason ?? end.Reason ?? "Error", end.Message, end);

        PodTrouble Of(PodTroubleKind what, string why, string? message, V1ContainerStateTerminated? terminated) =>
            new(what, pod.Metadata.Name, why, (message ?? "").Trim(), status.RestartCount, terminated?.ExitCode, Time(terminated?.FinishedAt));
    }

    private static bool HasCondition(V1Pod pod, string type) =>
        Conditions(pod).Any(condition => condition.Type == type && condition.Status == "True");

    private static IEnumerable<V1PodCondition> Conditions(V1Pod pod) => pod.Status?.Conditions ?? [];

    private static DateTimeOffset? Time(DateTime? time) =>
        time is { } value ? new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)) : null;
}
