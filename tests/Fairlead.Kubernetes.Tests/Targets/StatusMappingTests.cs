using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Targets;
using Fairlead.Kubernetes.Tests.Operating;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Targets;

public sealed class StatusMappingTests
{
    private static readonly ErrorDocument Failure = ErrorDocument.Of(ErrorCodes.DeploymentFailed, 400, "it crashed");

    [Fact]
    public void Of_NotSeenByTheOperator_IsTransitioningInTheNewGeneration()
    {
        var status = StatusMapping.Of(Resource(4, observed: 1, new() { State = ServiceState.Healthy, Revision = "a", ServingRevision = "a", ReadyReplicas = 2 }), []);

        Assert.Equal((4, 3, ServiceState.Transitioning, 2), (status.ObservedGeneration, status.ServingGeneration, status.State, status.AvailableReplicas));
        Assert.False(status.IsSettled);
        Assert.NotNull(status.Activity);
    }

    [Fact]
    public void Of_RolledOut_IsSettled()
    {
        var status = StatusMapping.Of(
            Resource(4, observed: 2, new() { State = ServiceState.Healthy, Revision = "b", ServingRevision = "b", ReadyReplicas = 1, DesiredReplicas = 1, UpdatedReplicas = 1 }),
            [PodBuilder.Ready("iris-1", "b")]);

        Assert.Equal((4, 4, true), (status.ObservedGeneration, status.ServingGeneration, status.IsSettled));
        Assert.Equal((ReplicaState.Ready, 4), (status.Replicas[0].State, status.Replicas[0].Generation));
        Assert.Null(status.Error);
    }

    [Fact]
    public void Of_FailedUpdate_SaysThatTheOneBeforeServes()
    {
        var status = StatusMapping.Of(
            Resource(4, observed: 2, new() { State = ServiceState.Healthy, Revision = "b", ServingRevision = "a", ReadyReplicas = 1, Error = Failure }),
            [PodBuilder.Ready("iris-1", "a"), PodBuilder.Ended("iris-2", "b", 3, "Error", 3, "no such file")]);

        Assert.Equal((3, ServiceState.Healthy, true), (status.ServingGeneration, status.State, status.IsSettled));
        Assert.Equal("it crashed", status.Error!.Message);
        Assert.Equal((ReplicaState.BackOff, 4, 3), (status.Replicas[1].State, status.Replicas[1].Generation, status.Replicas[1].Restarts));
        Assert.Contains("no such file", status.Replicas[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FirstDeploymentThatFailed_HasServedNothing()
    {
        var status = StatusMapping.Of(Resource(1, observed: 2, new() { State = ServiceState.Failed, Revision = "a", Error = Failure }), []);

        Assert.Equal((0, ServiceState.Failed, true), (status.ServingGeneration, status.State, status.IsSettled));
    }

    [Fact]
    public void Of_Unschedulable_GoesOnWaitingAndSaysWhy()
    {
        var status = StatusMapping.Of(Resource(1, observed: 2, new() { State = ServiceState.Unschedulable, Revision = "a", Error = Failure }), []);

        Assert.False(status.IsSettled);
        Assert.Equal((ServiceState.Unschedulable, "it crashed"), (status.State, status.Activity));
    }

    private static ScoringServiceResource Resource(long generation, long observed, ScoringServiceResourceStatus status) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "iris",
            Generation = 2,
            Annotations = new Dictionary<string, string> { [Names.GenerationAnnotation] = FormattableString.Invariant($"{generation}") },
        },
        Status = status with { ObservedGeneration = observed },
    };
}
