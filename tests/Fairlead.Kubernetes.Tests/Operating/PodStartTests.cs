using Fairlead.Contracts.Routing;
using Fairlead.Kubernetes.Operating;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Operating;

public sealed class PodStartTests
{
    private static readonly DateTime Made = PodBuilder.Now.UtcDateTime;

    [Fact]
    public void StartOf_ReadyPod_TellsEachPhase() => Assert.Equal(
        new ReplicaStart(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9)),
        PodFacts.StartOf(Pod(running: 7, ("PodScheduled", 1), ("Initialized", 5), ("Ready", 16))));

    [Fact]
    public void StartOf_ClocksThatDiffer_IsNeverNegative() => Assert.Equal(
        new ReplicaStart(TimeSpan.Zero, TimeSpan.FromSeconds(6), null, null),
        PodFacts.StartOf(Pod(running: null, ("PodScheduled", -1), ("Initialized", 5))));

    [Fact]
    public void StartOf_NewPod_IsNull() => Assert.Null(PodFacts.StartOf(Pod(running: null)));

    private static V1Pod Pod(int? running, params (string Type, int Second)[] conditions) => new()
    {
        Metadata = new V1ObjectMeta { Name = "iris-1", CreationTimestamp = Made },
        Status = new V1PodStatus
        {
            Conditions = [.. conditions.Select(static condition => new V1PodCondition
            {
                Type = condition.Type,
                Status = "True",
                LastTransitionTime = Made.AddSeconds(condition.Second),
            })],
            ContainerStatuses = running is not { } second
                ? null
                : [new V1ContainerStatus
                {
                    Name = Names.ScoringContainer,
                    State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Made.AddSeconds(second) } },
                }],
        },
    };
}
