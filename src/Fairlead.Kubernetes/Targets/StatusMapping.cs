using System.Globalization;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Operating;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Targets;

/// <summary>Reads the status that the operator writes as that of a compute target.</summary>
internal static class StatusMapping
{
    public static ScoringServiceStatus Of(ScoringServiceResource resource, IReadOnlyList<V1Pod> pods)
    {
        var generation = GenerationOf(resource);
        var status = resource.Status;
        var isObserved = status is not null && status.ObservedGeneration >= (resource.Metadata.Generation ?? 0);
        var hasServed = status?.ServingRevision is not null;
        var isServing = isObserved && hasServed && status!.ServingRevision == status.Revision;
        return new ScoringServiceStatus
        {
            Service = resource.Metadata.Name,
            ObservedGeneration = generation,

            // Which one it was before is not known; that it is not this one is all that counts.
            ServingGeneration = isServing ? generation : hasServed ? Math.Max(generation - 1, 1) : 0,
            State = isObserved ? status!.State : ServiceState.Transitioning,
            Error = isObserved && status!.State is not ServiceState.Unschedulable ? status.Error : null,
            Activity = !isObserved ? "Waiting for the operator..."
                : status!.State is ServiceState.Unschedulable ? status.Error?.Message
                : status.Activity,
            Warning = StatusBuilder.ScalerConflict(status)?.Message,
            DesiredReplicas = isObserved ? status!.DesiredReplicas : resource.Spec.WantedReplicas,
            UpdatedReplicas = isObserved ? status!.UpdatedReplicas : 0,
            AvailableReplicas = status?.ReadyReplicas ?? 0,
            Replicas = [.. pods.Where(pod => !PodFacts.HasEnded(pod)).Select(pod => ReplicaOf(pod, generation, isObserved ? status!.Revision : null))],
        };
    }

    public static long GenerationOf(ScoringServiceResource resource) =>
        resource.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(Names.GenerationAnnotation, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0;

    private static ReplicaStatus ReplicaOf(V1Pod pod, long generation, string? revision)
    {
        var trouble = PodFacts.FindTrouble(pod);
        var isReady = PodFacts.IsReady(pod);
        var restarts = (pod.Status?.ContainerStatuses ?? []).Sum(container => container.RestartCount);
        return new ReplicaStatus
        {
            Id = pod.Metadata.Name,
            Generation = PodFacts.Revision(pod) == revision ? generation : Math.Max(generation - 1, 1),
            State = PodFacts.IsEnding(pod) ? ReplicaState.Draining
                : isReady ? ReplicaState.Ready
                : trouble is { Restarts: > 0 } ? ReplicaState.BackOff
                : ReplicaState.Starting,
            Restarts = restarts,
            StartedAt = pod.Status?.StartTime is { } started ? new DateTimeOffset(started.ToUniversalTime(), TimeSpan.Zero) : null,
            ReadyAt = isReady ? ReadyTime(pod) : null,
            Reason = trouble is null ? null : $"{trouble.Reason}: {trouble.Message}".TrimEnd(' ', ':'),
        };
    }

    private static DateTimeOffset? ReadyTime(V1Pod pod) =>
        (pod.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "Ready", Status: "True" })?.LastTransitionTime is { } time
            ? new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero) : null;
}
