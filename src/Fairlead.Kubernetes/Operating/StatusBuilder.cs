using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Operating;

/// <summary>What to report about a service: a pure function of what is seen.</summary>
internal static class StatusBuilder
{
    /// <summary>Ends of a container that make a rollout a failed one: the first may have been bad luck.</summary>
    private const int FatalCrashes = 3;

    private const string ScalerConflictReason = "ConflictingAutoscaler";

    public static ScoringServiceResourceStatus Build(ServicePicture picture, DateTimeOffset now)
    {
        var service = picture.Service;
        var before = service.Status;
        var desired = service.Spec.WantedReplicas;
        var ready = picture.Present.Count(PodFacts.IsReady);
        var updatedReady = picture.Updated.Count(PodFacts.IsReady);
        var isWhole = picture.Refusal is null && picture.Revision is not null
            && updatedReady >= desired && picture.Outdated.Count == 0 && picture.Updated.Count == desired;
        var serving = isWhole ? picture.Revision : before?.ServingRevision;
        var hasServed = picture.Revision is not null && serving == picture.Revision;
        var trouble = WorstTrouble(picture);
        var error = isWhole ? null : Error(picture, trouble);
        var state = State(desired, ready, isWhole, hasServed, error);
        var status = new ScoringServiceResourceStatus
        {
            ObservedGeneration = service.Metadata.Generation ?? 0,
            State = state,
            Replicas = picture.Present.Count,
            ReadyReplicas = ready,
            UpdatedReplicas = picture.Updated.Count,
            DesiredReplicas = desired,
            Selector = Names.Selector(service.Metadata.Name),
            Revision = picture.Revision,
            ServingRevision = serving,
            Url = Routes.ServicePath(service.Metadata.Name) + "/score",
            Error = error,
            Activity = error is not null || isWhole ? null : Activity(picture, updatedReady, desired, trouble),
        };
        return status with { Conditions = Conditions(picture, status, isWhole, trouble, before?.Conditions ?? [], now) };
    }

    /// <summary>The condition that says that another autoscaler interferes; null when none does.</summary>
    public static V1Condition? ScalerConflict(ScoringServiceResourceStatus? status) =>
        status?.Conditions.FirstOrDefault(static condition => condition.Reason == ScalerConflictReason);

    /// <summary>Whether two statuses say the same, the times of conditions apart: those follow from the rest.</summary>
    public static bool SaysTheSame(ScoringServiceResourceStatus? left, ScoringServiceResourceStatus right) =>
        left is not null && Canonical(left) == Canonical(right);

    private static string Canonical(ScoringServiceResourceStatus status) => k8s.KubernetesJson.Serialize(status with
    {
        Conditions = [.. status.Conditions.OrderBy(condition => condition.Type, StringComparer.Ordinal).Select(condition => new V1Condition
        {
            Type = condition.Type,
            Status = condition.Status,
            Reason = condition.Reason,
            Message = condition.Message,
            ObservedGeneration = condition.ObservedGeneration,
        })],
    });

    private static PodTrouble? WorstTrouble(ServicePicture picture) => picture.Updated
        .Select(PodFacts.FindTrouble)
        .OfType<PodTrouble>()
        .OrderBy(trouble => trouble.Kind)
        .ThenByDescending(trouble => trouble.Restarts)
        .ThenBy(trouble => trouble.Pod, StringComparer.Ordinal)
        .FirstOrDefault();

    private static ErrorDocument? Error(ServicePicture picture, PodTrouble? trouble)
    {
        if (picture.Refusal is not null)
        {
            return picture.Refusal;
        }

        if (trouble is not null && IsFatal(trouble))
        {
            return DeploymentErrors.Of(picture.Service, trouble);
        }

        // Words of the controller about an older revision do not count.
        var deployment = picture.Deployment;
        if (deployment?.Status?.ObservedGeneration != deployment?.Metadata.Generation)
        {
            return null;
        }

        var conditions = deployment?.Status?.Conditions ?? [];
        return conditions.FirstOrDefault(condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } refused
                ? DeploymentErrors.PodsRefused(picture.Service, refused.Message ?? "")
            : conditions.Any(condition => condition is { Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded" })
                ? DeploymentErrors.TimedOut(picture.Service, trouble is null ? null : $"Pod {trouble.Pod}: {trouble.Reason}: {trouble.Message}")
            : null;
    }

    private static bool IsFatal(PodTrouble trouble) => trouble.Kind switch
    {
        PodTroubleKind.Unschedulable or PodTroubleKind.Configuration or PodTroubleKind.OutOfMemory => true,
        PodTroubleKind.ImagePull => trouble.Reason != "ErrImagePull",
        PodTroubleKind.Preparation =>
            trouble.Restarts + 1 >= FatalCrashes || trouble.Message.Contains(ErrorCodes.DigestMismatch, StringComparison.Ordinal),
        PodTroubleKind.Crash or PodTroubleKind.LivenessProbe => trouble.Restarts + 1 >= FatalCrashes || trouble.Restarts == 0 && trouble.ExitCode is null,
    };

    private static ServiceState State(int desired, int ready, bool isWhole, bool hasServed, ErrorDocument? error)
    {
        if (isWhole || (ready > 0 && (hasServed || error is not null)))
        {
            // After a failed change, what was there before goes on serving.
            return ServiceState.Healthy;
        }

        if (error?.Code == ErrorCodes.Unschedulable)
        {
            return ServiceState.Unschedulable;
        }

        return hasServed && desired > 0 ? ServiceState.Unhealthy
            : error is not null ? ServiceState.Failed
            : ServiceState.Transitioning;
    }

    private static string Activity(ServicePicture picture, int updatedReady, int desired, PodTrouble? trouble)
    {
        if (trouble is not null)
        {
            return $"Replica {trouble.Pod} is started again: {trouble.Reason}";
        }

        if (updatedReady >= desired)
        {
            return "Ending replicas of the revision before...";
        }

        var waiting = picture.Updated.FirstOrDefault(pod => !PodFacts.IsReady(pod));
        var what = waiting is null ? "is created"
            : !PodFacts.IsScheduled(waiting) ? "waits for a node"
            : !PodFacts.IsPrepared(waiting) ? "gets its models and files"
            : !PodFacts.HasImages(waiting) ? "gets its image"
            : "starts";
        return string.Create(CultureInfo.InvariantCulture, $"Replica {updatedReady + 1} of {desired} {what}...");
    }

    private static List<V1Condition> Conditions(
        ServicePicture picture, ScoringServiceResourceStatus status, bool isWhole, PodTrouble? trouble,
        IReadOnlyList<V1Condition> before, DateTimeOffset now)
    {
        var pods = picture.Present;
        var error = status.Error;
        var inPlace = InPlaceRollout.IsInPlace(picture.Deployment, picture.Revision);
        return
        [
            status.ReadyReplicas > 0
                ? Condition(ConditionTypes.Ready, true, "ReplicasReady", Counted(status.ReadyReplicas, status.DesiredReplicas, "ready"))
                : isWhole ? Condition(ConditionTypes.Ready, true, "NoneWanted", "No replica is wanted now.")
                : Condition(ConditionTypes.Ready, false, error?.Code ?? "Starting", error?.Message ?? status.Activity ?? ""),
            isWhole ? Condition(ConditionTypes.Progressing, false, "Complete", "Every replica is of the wanted revision and ready.")
                : error is not null ? Condition(ConditionTypes.Progressing, error.Code == ErrorCodes.Unschedulable, error.Code, error.Message)
                : Condition(
                    ConditionTypes.Progressing, true, inPlace ? "ReplacingInPlace" : "RollingOut",
                    (inPlace ? "There is no room for a replica more, so old ones make room for new ones. " : "") + status.Activity),
            ByPods(ConditionTypes.Schedulable, PodTroubleKind.Unschedulable, PodFacts.IsScheduled, "Scheduled", "Every pod has a node."),
            ByPods(ConditionTypes.ImagePulled, PodTroubleKind.ImagePull, PodFacts.HasImages, "Pulled", "Every image is on its node."),
            ByPods(ConditionTypes.ModelsReady, PodTroubleKind.Preparation, PodFacts.IsPrepared, "InPlace", "Models and source are in place in every pod."),
            AutoscalerActive(),
        ];

        V1Condition AutoscalerActive() => picture.PodAutoscalers.Count > 0
            ? Condition(
                ConditionTypes.AutoscalerActive, false, ScalerConflictReason,
                $"HorizontalPodAutoscaler {string.Join(", ", picture.PodAutoscalers)} sets the number of replicas, too, from measures that lag behind requests; "
                + "the two work against each other. Delete it; spec.autoScaler scales this service by its requests.")
            : picture.Service.Spec.Traffic is not null ? Condition(ConditionTypes.AutoscalerActive, false, "Endpoint", "An endpoint has no replicas; its versions do.")
            : picture.Service.Spec.AutoScaler.AutoscaleEnabled
                ? Condition(ConditionTypes.AutoscalerActive, true, "Autoscaling", "The gateway scales this service.")
                : Condition(ConditionTypes.AutoscalerActive, false, "FixedReplicas", "The number of replicas is fixed.");

        V1Condition ByPods(string type, PodTroubleKind kind, Func<V1Pod, bool> holds, string reason, string message) =>
            trouble?.Kind == kind ? Condition(type, false, trouble.Reason, $"Pod {trouble.Pod}: {trouble.Message}")
            : pods.All(holds) && (pods.Count > 0 || status.DesiredReplicas == 0) ? Condition(type, true, reason, message)
            : Unknown(type, "Waiting", Counted(pods.Count(holds), status.DesiredReplicas, "so far"));

        V1Condition Condition(string type, bool holds, string reason, string message) => Make(type, holds ? "True" : "False", reason, message);

        V1Condition Unknown(string type, string reason, string message) => Make(type, "Unknown", reason, message);

        V1Condition Make(string type, string value, string reason, string message)
        {
            var known = before.FirstOrDefault(condition => condition.Type == type);
            return new V1Condition
            {
                Type = type,
                Status = value,
                Reason = reason,
                Message = message,
                ObservedGeneration = status.ObservedGeneration,
                LastTransitionTime = known?.Status == value ? known.LastTransitionTime : now.UtcDateTime,
            };
        }
    }

    private static string Counted(int count, int of, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} of {of} replicas {what}.");
}
