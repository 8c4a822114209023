using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Operating;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Operating;

public sealed class StatusBuilderTests
{
    private const string Revision = "new";
    private static readonly DateTimeOffset Now = PodBuilder.Now;

    [Fact]
    public void AllReady_IsHealthyAndServes()
    {
        var status = Build([PodBuilder.Ready("a", Revision)]);

        Assert.Equal((ServiceState.Healthy, Revision, 1, 1), (status.State, status.ServingRevision, status.ReadyReplicas, status.UpdatedReplicas));
        Assert.Null(status.Error);
        Assert.Null(status.Activity);
        Assert.Equal("/api/v1/service/iris/score", status.Url);
        Assert.Equal(["True", "False", "True", "True", "True", "True"], status.Conditions.Select(condition => condition.Status));
    }

    [Fact]
    public void FirstReplica_Starting_IsTransitioningAndSaysWhatItDoes()
    {
        var status = Build([PodBuilder.Starting("a", Revision)]);

        Assert.Equal(ServiceState.Transitioning, status.State);
        Assert.Equal("Replica 1 of 1 gets its models and files...", status.Activity);
        Assert.Null(status.ServingRevision);
    }

    [Fact]
    public void OldReplica_WhileTheNewOneStarts_IsTransitioning()
    {
        var status = Build([PodBuilder.Ready("a", "old"), PodBuilder.Starting("b", Revision)], before: new() { ServingRevision = "old" });

        Assert.Equal((ServiceState.Transitioning, "old"), (status.State, status.ServingRevision));
        Assert.Equal("True", Condition(status, ConditionTypes.Ready).Status);
    }

    [Fact]
    public void Crash_ThreeTimes_IsFailedWithTheLog()
    {
        Assert.Equal(ServiceState.Transitioning, Build([PodBuilder.Ended("a", Revision, 3, "Error", 1, "boom")]).State);

        var status = Build([PodBuilder.Ended("a", Revision, 3, "Error", 2, "ValueError: boom")]);

        Assert.Equal(ServiceState.Failed, status.State);
        Assert.Equal("KubernetesDeploymentFailed", status.Error!.Code);
        var detail = Assert.Single(status.Error.Details);
        Assert.Equal("CrashLoopBackOff", detail.Code);
        Assert.Contains("exit code 3, 3 times", detail.Message, StringComparison.Ordinal);
        Assert.Contains("ValueError: boom", detail.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Crash_OfAnUpdate_LeavesTheServiceHealthyWithAnError()
    {
        var status = Build([PodBuilder.Ready("a", "old"), PodBuilder.Ended("b", Revision, 3, "Error", 5, "boom")], before: new() { ServingRevision = "old" });

        Assert.Equal((ServiceState.Healthy, "old"), (status.State, status.ServingRevision));
        Assert.NotNull(status.Error);
    }

    [Fact]
    public void Crash_AfterItServed_IsUnhealthy()
    {
        var status = Build([PodBuilder.Ended("a", Revision, 1, "Error", 4, "boom")], before: new() { ServingRevision = Revision });

        Assert.Equal(ServiceState.Unhealthy, status.State);
        Assert.NotNull(status.Error);
    }

    [Fact]
    public void End_WithCode0_IsAFailedProbe() => Assert.Equal(
        "LivenessProbeFailed", Build([PodBuilder.Ended("a", Revision, 0, "Completed", 3, "")]).Error!.Details[0].Code);

    [Fact]
    public void OutOfMemory_IsFailedAtOnceAndNamesTheLimit()
    {
        var status = Build(
            [PodBuilder.Ended("a", Revision, 137, "OOMKilled", 0, "")], spec => spec with { Resources = spec.Resources with { MemoryInGBLimit = 0.75 } });

        Assert.Equal("OOMKilled", status.Error!.Details[0].Code);
        Assert.Contains("0.75 GB", status.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ErrImagePull", false)]
    [InlineData("ImagePullBackOff", true)]
    [InlineData("InvalidImageName", true)]
    public void Image_ThatCannotBePulled_IsFailedOnceKubernetesBacksOff(string reason, bool failed)
    {
        var status = Build([PodBuilder.Waiting("a", Revision, reason, "no such manifest")]);

        Assert.Equal(failed ? ServiceState.Failed : ServiceState.Transitioning, status.State);
        Assert.Equal(("False", reason), (Condition(status, ConditionTypes.ImagePulled).Status, Condition(status, ConditionTypes.ImagePulled).Reason));
        Assert.Equal(failed ? "ImagePullBackOff" : null, status.Error?.Details[0].Code);
    }

    [Theory]
    [InlineData(0, "DownloadFailed: https://x: 503", null)]
    [InlineData(2, "DownloadFailed: https://x: 503", "DownloadFailed")]
    [InlineData(0, "DigestMismatch: https://x has the SHA-256", "DigestMismatch")]
    public void Download_ThatFails_IsFinalWhenTryingAgainCannotHelp(int restarts, string log, string? code)
    {
        var status = Build([PodBuilder.NotPrepared("a", Revision, restarts, log)]);

        Assert.Equal(code, status.Error?.Details[0].Code);
        Assert.Equal("False", Condition(status, ConditionTypes.ModelsReady).Status);
    }

    [Fact]
    public void Unschedulable_SaysWhatWasAskedAndWhatTheSchedulerSays()
    {
        var status = Build(
            [PodBuilder.Unschedulable("a", Revision, TimeSpan.Zero)],
            spec => spec with { Resources = new() { Cpu = 8, MemoryInGB = 2, Gpu = 1 }, NodeSelector = new Dictionary<string, string> { ["pool"] = "big" } });

        Assert.Equal((ServiceState.Unschedulable, "Unschedulable"), (status.State, status.Error!.Code));
        Assert.Contains("8 CPU, 2 GB of memory, 1 nvidia.com/gpu, a node with pool=big", status.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Insufficient cpu", status.Error.Details[0].Message, StringComparison.Ordinal);
        Assert.Equal("True", Condition(status, ConditionTypes.Progressing).Status);
    }

    [Fact]
    public void Pods_TheClusterRefuses_AreInvalid()
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Generation = 1 },
            Status = new V1DeploymentStatus
            {
                ObservedGeneration = 1,
                Conditions = [new V1DeploymentCondition { Type = "ReplicaFailure", Status = "True", Message = "exceeded quota: small" }],
            },
        };

        var status = Build([], deployment: deployment);

        Assert.Equal((ServiceState.Failed, "InvalidPod"), (status.State, status.Error!.Details[0].Code));
        Assert.Contains("exceeded quota: small", status.Error.Message, StringComparison.Ordinal);
        deployment.Metadata.Generation = 2;
        Assert.Null(Build([], deployment: deployment).Error);
    }

    [Fact]
    public void Deadline_ThatPassed_IsTimedOut()
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta(),
            Status = new V1DeploymentStatus
            {
                Conditions = [new V1DeploymentCondition { Type = "Progressing", Status = "False", Reason = "ProgressDeadlineExceeded" }],
            },
        };

        var error = Build([PodBuilder.Starting("a", Revision)], deployment: deployment).Error!;

        Assert.Equal(("DeploymentTimedOut", 504), (error.Code, error.StatusCode));
        Assert.Contains("00:20:00", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoReplicaWanted_IsHealthy()
    {
        var status = Build([], spec => spec with { Replicas = 0, AutoScaler = new() { MinReplicas = 0 } });

        Assert.Equal(ServiceState.Healthy, status.State);
        Assert.Equal(("True", "NoneWanted"), (Condition(status, ConditionTypes.Ready).Status, Condition(status, ConditionTypes.Ready).Reason));
    }

    [Fact]
    public void Pods_ThatEndOrWereEvicted_DoNotCount()
    {
        var ending = PodBuilder.Ready("a", "old");
        ending.Metadata.DeletionTimestamp = Now.UtcDateTime;
        var evicted = PodBuilder.Starting("b", Revision);
        evicted.Status.Phase = "Failed";

        var status = Build([ending, evicted, PodBuilder.Ready("c", Revision)]);

        Assert.Equal((ServiceState.Healthy, 1), (status.State, status.Replicas));
    }

    [Fact]
    public void Condition_ThatStays_KeepsItsTime()
    {
        var before = Build([PodBuilder.Starting("a", Revision)]);

        var same = Build([PodBuilder.Starting("a", Revision)], before: before, now: Now.AddMinutes(5));
        var other = Build([PodBuilder.Ready("a", Revision)], before: before, now: Now.AddMinutes(5));

        Assert.True(StatusBuilder.SaysTheSame(before, same));
        Assert.False(StatusBuilder.SaysTheSame(before, other));
        Assert.Equal(Now.UtcDateTime, Condition(same, ConditionTypes.Ready).LastTransitionTime);
        Assert.Equal(Now.AddMinutes(5).UtcDateTime, Condition(other, ConditionTypes.Ready).LastTransitionTime);
        Assert.Equal(Now.UtcDateTime, Condition(other, ConditionTypes.Schedulable).LastTransitionTime);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void Rollout_WithoutRoomForASurge_IsInPlaceAfterAWhile(int seconds, bool inPlace)
    {
        var picture = Picture([PodBuilder.Ready("a", "old"), PodBuilder.Unschedulable("b", Revision, TimeSpan.FromSeconds(seconds))]);

        var (decided, again) = InPlaceRollout.Decide(picture, Now);

        Assert.Equal(inPlace, decided);
        Assert.Equal(inPlace ? null : TimeSpan.FromSeconds(1), again);
    }

    [Fact]
    public void Rollout_InPlace_StaysSoUntilNoOldReplicaIsLeft()
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string> { [InPlaceRollout.Annotation] = Revision } },
        };

        Assert.True(InPlaceRollout.Decide(Picture([PodBuilder.Ready("a", "old"), PodBuilder.Starting("b", Revision)], deployment: deployment), Now).InPlace);
        Assert.False(InPlaceRollout.Decide(Picture([PodBuilder.Starting("b", Revision)], deployment: deployment), Now).InPlace);
        Assert.Equal(
            "ReplacingInPlace",
            Condition(Build([PodBuilder.Ready("a", "old"), PodBuilder.Starting("b", Revision)], deployment: deployment), ConditionTypes.Progressing).Reason);
    }

    private static V1Condition Condition(ScoringServiceResourceStatus status, string type) => status.Conditions.Single(condition => condition.Type == type);

    private static ScoringServiceResourceStatus Build(
        V1Pod[] pods, Func<ScoringServiceResourceSpec, ScoringServiceResourceSpec>? change = null, ScoringServiceResourceStatus? before = null,
        V1Deployment? deployment = null, DateTimeOffset? now = null) => StatusBuilder.Build(Picture(pods, change, before, deployment), now ?? Now);

    private static ServicePicture Picture(
        V1Pod[] pods, Func<ScoringServiceResourceSpec, ScoringServiceResourceSpec>? change = null, ScoringServiceResourceStatus? before = null,
        V1Deployment? deployment = null)
    {
        var spec = new ScoringServiceResourceSpec();
        var service = new ScoringServiceResource
        {
            Metadata = new V1ObjectMeta { Name = "iris", NamespaceProperty = "ml", Uid = "1", Generation = 4 },
            Spec = change?.Invoke(spec) ?? spec,
            Status = before,
        };
        return new ServicePicture(service, Revision, deployment, pods, null);
    }
}
