using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Tests.Contract;

/// <summary>What every <see cref="IComputeTarget"/> does, whatever it runs on.</summary>
public abstract class ComputeTargetContract
{
    private protected abstract Task<ComputeTargetUnderTest> StartAsync();

    [Fact(Timeout = 60_000)]
    public async Task Apply_NewService_BecomesHealthyAndIsRouted()
    {
        await using var compute = await StartAsync();

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with { NumReplicas = 2 }));

        Assert.Equal(ServiceState.Healthy, status.State);
        Assert.Null(status.Error);
        Assert.Equal((1, 1), (status.ObservedGeneration, status.ServingGeneration));
        Assert.Equal((2, 2, 2), (status.DesiredReplicas, status.UpdatedReplicas, status.AvailableReplicas));
        var route = await compute.Routes.WaitAsync("iris", route => route.Replicas.Count == 2);
        Assert.Equal(status.Replicas.Select(replica => replica.Id).Order(), route.Replicas.Select(replica => replica.Id).Order());
        Assert.All(route.Replicas, replica => Assert.True(replica.Start is { Start: { } start, Load: { } load } && (start + load).TotalSeconds is > 0 and < 60));
        Assert.Equal("ok", await compute.GetAsync("iris", "/"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_ReturnsBeforeItIsReady_StatusSpeaksOfTheNewGenerationAtOnce()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());

        await compute.Target.ApplyAsync(
            compute.Service(generation: 2, change: spec => ComputeTargetUnderTest.With(spec, "A", "b")), CancellationToken.None);

        Assert.Equal(2, compute.Target.FindStatus("iris")!.ObservedGeneration);
        var settled = await compute.WaitAsync("iris", status => status.IsSettled);
        Assert.Equal((2, ServiceState.Healthy), (settled.ServingGeneration, settled.State));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_SameOrOlderGeneration_ChangesOnlyTheSecret()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service(generation: 3));
        var before = await compute.GetAsync("iris", "/pid");

        var older = compute.Service(generation: 2, change: ComputeTargetUnderTest.Crashing);
        await compute.Target.ApplyAsync(older with { Secret = new ServiceSecret(["bb"]) }, CancellationToken.None);

        var route = await compute.Routes.WaitAsync("iris", route => route.Secret.KeyHashes[0] == "bb");
        Assert.Empty(route.Spec.EnvironmentVariables);
        Assert.Equal(3, compute.Target.FindStatus("iris")!.ObservedGeneration);
        Assert.Equal(before, await compute.GetAsync("iris", "/pid"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_ChangeThatNoProcessSees_RestartsNothing()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());
        var before = await compute.GetAsync("iris", "/pid");

        var status = await compute.DeployAsync(compute.Service(generation: 2, change: spec => spec with
        {
            MaxQueueWaitMs = 900,
            AuthEnabled = false,
            LivenessProbe = new LivenessProbeRequirements { PeriodSeconds = 7 },
        }));

        Assert.Equal((2, 1), (status.ServingGeneration, status.UpdatedReplicas));
        await compute.Routes.WaitAsync("iris", route => route.Spec.MaxQueueWaitMs == 900);
        Assert.Equal(before, await compute.GetAsync("iris", "/pid"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_NewProcesses_AlwaysLeavesOneReadyReplicaRouted()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());
        var before = compute.Routes.Events.Count;

        await compute.DeployAsync(compute.Service(generation: 2, change: spec => ComputeTargetUnderTest.With(spec, "A", "b")));

        await compute.Routes.WaitAsync("iris", route => route.Replicas.All(replica => replica.Id.StartsWith("iris-2-", StringComparison.Ordinal)));
        var since = compute.Routes.Events.Skip(before - 1).Select(entry => entry.Route!).ToList();
        Assert.All(since, route => Assert.Contains(route.Replicas, replica => !replica.Draining));

        // The old one drains only once the new one is there, and is seen to drain before it is gone.
        var draining = since.First(route => route.Replicas.Any(replica => replica.Draining));
        Assert.Contains(draining.Replicas, replica => replica.Draining && replica.Id.StartsWith("iris-1-", StringComparison.Ordinal));
        Assert.Contains(draining.Replicas, replica => !replica.Draining && replica.Id.StartsWith("iris-2-", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_FailingUpdate_KeepsTheOldGenerationServing()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());
        var before = await compute.GetAsync("iris", "/pid");

        var status = await compute.DeployAsync(compute.Service(generation: 2, change: ComputeTargetUnderTest.Crashing));

        Assert.Equal((2, 1, ServiceState.Healthy), (status.ObservedGeneration, status.ServingGeneration, status.State));
        Assert.Equal(ErrorCodes.DeploymentFailed, status.Error!.Code);
        Assert.Equal(before, await compute.GetAsync("iris", "/pid"));

        var good = await compute.DeployAsync(compute.Service(generation: 3));
        Assert.Equal((3, 3, ServiceState.Healthy), (good.ObservedGeneration, good.ServingGeneration, good.State));
        Assert.Null(good.Error);
        Assert.Equal(before, await compute.GetAsync("iris", "/pid"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_ServiceThatCrashes_FailsWithTheEndOfItsLog()
    {
        await using var compute = await StartAsync();

        var status = await compute.DeployAsync(compute.Service(change: ComputeTargetUnderTest.Crashing));

        Assert.Equal(ServiceState.Failed, status.State);
        Assert.Equal((ErrorCodes.DeploymentFailed, 400), (status.Error!.Code, status.Error.StatusCode));
        var detail = Assert.Single(status.Error.Details);
        Assert.Equal(ErrorCodes.CrashLoopBackOff, detail.Code);
        Assert.Contains("exit code 3", detail.Message);
        Assert.Equal(2, detail.Message.Split("no such file: model.pkl").Length);
        await compute.WaitAsync("iris", after => after.Replicas.Count == 0);
        Assert.Contains(await compute.ReadLogsAsync("iris", new LogQuery()), line => line.Text.Contains("model.pkl"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Delete_RunningService_WithdrawsThenFinishesRequestsThenIsGone()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());
        var request = compute.GetAsync("iris", "/slow?seconds=1");
        await foreach (var line in compute.Target.ReadLogsAsync("iris", new LogQuery(Follow: true), CancellationToken.None))
        {
            if (line.Text == "slow request has begun")
            {
                break;
            }
        }

        compute.Routes.Inside = route => Assert.False(route is null && request.IsCompleted);
        await compute.Target.DeleteAsync("iris", CancellationToken.None);

        Assert.True(request.IsCompleted);
        Assert.Equal("done", await request);
        Assert.Null(compute.Routes.Events[^1].Route);
        Assert.Null(compute.Target.FindStatus("iris"));
        Assert.Empty(await compute.Target.WatchAsync("iris", CancellationToken.None).ToListAsync());
        Assert.Contains(await compute.ReadLogsAsync("iris", new LogQuery()), line => line.Text == "drained");
    }

    [Fact(Timeout = 60_000)]
    public async Task Delete_UnknownService_Succeeds()
    {
        await using var compute = await StartAsync();

        await compute.Target.DeleteAsync("nothing", CancellationToken.None);

        Assert.Null(compute.Target.FindStatus("nothing"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_WhileDeleting_BeginsAnew()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service(generation: 5));

        var deletion = compute.Target.DeleteAsync("iris", CancellationToken.None);
        var status = await compute.DeployAsync(compute.Service(generation: 1));
        await deletion;

        Assert.Equal((1, ServiceState.Healthy), (status.ObservedGeneration, status.State));
        Assert.Equal("ok", await compute.GetAsync("iris", "/"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Watch_Service_EndsWhenItIsRemoved()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service());
        using var limit = new CancellationTokenSource(ComputeTargetUnderTest.Limit);
        var all = compute.Target.WatchAsync("iris", limit.Token).ToListAsync(limit.Token).AsTask();

        await compute.Target.DeleteAsync("iris", CancellationToken.None);

        Assert.NotEmpty(await all);
    }

    [Fact(Timeout = 60_000)]
    public async Task Scale_WithinBounds_FollowsTheAutoscaler()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service(change: spec => spec with
        {
            NumReplicas = null,
            AutoScaler = new AutoScaler { MinReplicas = 1, MaxReplicas = 3 },
        }));

        await compute.Scaler.ScaleUpAsync("iris", 9, CancellationToken.None);
        var up = await compute.WaitAsync("iris", status => status.AvailableReplicas == 3);
        Assert.Equal((3, ServiceState.Healthy), (up.DesiredReplicas, up.State));
        await compute.Scaler.ScaleUpAsync("iris", 2, CancellationToken.None);
        var victim = up.Replicas[0].Id;
        await compute.Scaler.RemoveReplicaAsync("iris", victim, CancellationToken.None);

        var down = await compute.WaitAsync("iris", status => status.Replicas.Count == 2);
        Assert.Equal(2, down.DesiredReplicas);
        Assert.DoesNotContain(down.Replicas, replica => replica.Id == victim);
        await compute.Scaler.RemoveReplicaAsync("iris", "gone-already", CancellationToken.None);
        Assert.Single((await compute.WaitAsync("iris", status => status.Replicas.Count == 1)).Replicas);
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_MinimumOfZero_IsHealthyWithoutReplicasAndWakes()
    {
        await using var compute = await StartAsync();

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with
        {
            NumReplicas = null,
            AutoScaler = new AutoScaler { MinReplicas = 0, MaxReplicas = 2 },
        }));
        Assert.Equal((ServiceState.Healthy, 0), (status.State, status.Replicas.Count));

        await compute.Scaler.ScaleUpAsync("iris", 1, CancellationToken.None);
        Assert.Equal("ok", await compute.GetAsync("iris", "/"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Apply_Endpoint_PublishesItsTrafficAndStartsNothing()
    {
        await using var compute = await StartAsync();
        await compute.DeployAsync(compute.Service("iris-blue"));
        var pid = await compute.GetAsync("iris-blue", "/pid");

        var first = await compute.DeployAsync(Endpoint(compute, 1, 0));
        var second = await compute.DeployAsync(Endpoint(compute, 2, 12.5m));

        Assert.All([first, second], status => Assert.Equal(
            (ServiceState.Healthy, 0, 0), (status.State, status.DesiredReplicas, status.Replicas.Count)));
        var route = await compute.Routes.WaitAsync("iris", route => route.Traffic?.Versions[0].TrafficPercentile == 12.5m);
        Assert.Empty(route.Replicas);
        Assert.Equal(pid, await compute.GetAsync("iris-blue", "/pid"));
        await compute.Target.DeleteAsync("iris", CancellationToken.None);
        Assert.Null(compute.Target.FindStatus("iris"));
    }

    private static ScoringService Endpoint(ComputeTargetUnderTest compute, long generation, decimal share) =>
        compute.Service(generation: generation, change: spec => spec with
        {
            EntryScript = null,
            SnapshotManifest = null,
            Traffic = new TrafficSplit { Versions = [new VersionShare("blue", "iris-blue", share)], DefaultVersion = "blue" },
        });
}
