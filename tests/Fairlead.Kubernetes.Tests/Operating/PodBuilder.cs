using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Operating;

/// <summary>Pods in the states that Kubernetes shows.</summary>
internal static class PodBuilder
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static V1Pod Ready(string name, string revision) => Make(
        name, revision, [("PodScheduled", true, null, null), ("Initialized", true, null, null), ("Ready", true, null, null)],
        prepare: new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 0, Reason = "Completed" } },
        scoring: new V1ContainerState { Running = new V1ContainerStateRunning() });

    public static V1Pod Starting(string name, string revision) => Make(
        name, revision, [("PodScheduled", true, null, null), ("Initialized", false, null, null)],
        prepare: new V1ContainerState { Running = new V1ContainerStateRunning() }, scoring: null);

    public static V1Pod Unschedulable(string name, string revision, TimeSpan since) => Make(
        name, revision, [("PodScheduled", false, "Unschedulable", "0/1 nodes are available: 1 Insufficient cpu.")], null, null, since);

    /// <param name="restarts">0: it ended for the first time.</param>
    public static V1Pod Ended(string name, string revision, int exitCode, string reason, int restarts, string log) => Make(
        name, revision, [("PodScheduled", true, null, null), ("Initialized", true, null, null), ("Ready", false, null, null)],
        prepare: new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 0, Reason = "Completed" } },
        scoring: new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = "back-off" } },
        last: new V1ContainerStateTerminated { ExitCode = exitCode, Reason = reason, Message = log }, restarts: restarts);

    public static V1Pod Waiting(string name, string revision, string reason, string message) => Make(
        name, revision, [("PodScheduled", true, null, null), ("Initialized", true, null, null)], null,
        new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } });

    public static V1Pod NotPrepared(string name, string revision, int restarts, string log) => Make(
        name, revision, [("PodScheduled", true, null, null), ("Initialized", false, null, null)],
        prepare: new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "CrashLoopBackOff" } }, scoring: null,
        prepareLast: new V1ContainerStateTerminated { ExitCode = 4, Reason = "Error", Message = log }, restarts: restarts);

    private static V1Pod Make(
        string name, string revision, (string Type, bool Holds, string? Reason, string? Message)[] conditions,
        V1ContainerState? prepare, V1ContainerState? scoring, TimeSpan since = default,
        V1ContainerStateTerminated? last = null, V1ContainerStateTerminated? prepareLast = null, int restarts = 0) => new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = "ml",
                Labels = new Dictionary<string, string> { [Names.ServiceLabel] = "iris", [Names.RevisionLabel] = revision },
            },
            Status = new V1PodStatus
            {
                Phase = "Pending",
                Conditions = [.. conditions.Select(condition => new V1PodCondition
                {
                    Type = condition.Type,
                    Status = condition.Holds ? "True" : "False",
                    Reason = condition.Reason,
                    Message = condition.Message,
                    LastTransitionTime = (Now - since).UtcDateTime,
                })],
                InitContainerStatuses = prepare is null
                    ? null
                    : [new V1ContainerStatus { Name = Names.PrepareContainer, State = prepare, LastState = new V1ContainerState { Terminated = prepareLast }, RestartCount = restarts }],
                ContainerStatuses = scoring is null
                    ? null
                    : [new V1ContainerStatus
                    {
                        Name = Names.ScoringContainer,
                        State = scoring,
                        LastState = new V1ContainerState { Terminated = last },
                        RestartCount = restarts,
                        ImageID = scoring.Waiting is null ? "sha256:1" : "",
                    }],
            },
        };
}
