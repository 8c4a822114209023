using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Workspace.Tests.Operations;

/// <summary>A workspace that ended in the middle of an operation, at each of its steps, goes on with it at the next start.</summary>
public sealed class OperationResumeTests
{
    private const string Service = "iris";

    [Theory]
    [InlineData(OperationState.NotStarted, null)]
    [InlineData(OperationState.Running, "a process that is dead")]
    public async Task Deploy_EndedBeforeItWasApplied_IsCarriedOut(OperationState state, string? owner)
    {
        var compute = new FakeComputeTarget { Applying = new TaskCompletionSource() };
        var before = await TestWorkspace.StartAsync(compute: compute);
        var operation = await Deployments.OperationOfAsync(await before.PostServiceAsync(await before.ScriptedRequestAsync(Service)));
        await SetLeaseAsync(before, state, owner);
        compute.Applying = null;

        await using var after = await before.RestartAsync();

        Assert.Equal(OperationState.Succeeded, (await after.EndOfAsync(operation)).State);
        Assert.Equal(1, compute.Find(Service)!.Generation);
    }

    [Fact]
    public async Task Deploy_EndedBeforeItSettled_IsWatchedOn()
    {
        var compute = new FakeComputeTarget { Hold = true };
        var before = await TestWorkspace.StartAsync(compute: compute);
        var operation = await Deployments.OperationOfAsync(await before.PostServiceAsync(await before.ScriptedRequestAsync(Service)));
        await compute.WaitForStateAsync(Service, ServiceState.Transitioning);

        await using var after = await before.RestartAsync();
        var during = await after.GetAsync(operation, ContractsJson.Default.OperationDto);
        compute.Settle(Service);

        Assert.Null(during.EndTime);
        Assert.Equal(OperationState.Succeeded, (await after.EndOfAsync(operation)).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deploy_SettledBeforeItWasRecorded_IsRecorded(bool fails)
    {
        var compute = new FakeComputeTarget
        {
            Hold = true,
            Outcome = _ => fails ? ErrorDocument.Of(ErrorCodes.DeploymentFailed, 400, "x") : null,
        };
        var before = await TestWorkspace.StartAsync(compute: compute);
        var operation = await Deployments.OperationOfAsync(await before.PostServiceAsync(await before.ScriptedRequestAsync(Service)));
        await compute.WaitForStateAsync(Service, ServiceState.Transitioning);
        await before.StopAsync();
        compute.Settle(Service);

        await using var after = await TestWorkspace.StartAsync(before.Data, compute);

        Assert.Equal(
            fails ? OperationState.Failed : OperationState.Succeeded, (await after.EndOfAsync(operation)).State);
    }

    [Fact]
    public async Task Start_TargetRefusesOneService_ServesAllTheSame()
    {
        var before = await TestWorkspace.StartAsync();
        await before.DeployScriptedAsync(Service);
        await before.DeployScriptedAsync("digits");
        var compute = new FakeComputeTarget { ApplyFails = new InvalidOperationException("broken") };

        await using var after = await before.RestartAsync(compute);

        Assert.Equal(2, (await after.GetAsync("services", ContractsJson.Default.PageServiceDto)).Value.Count);
        Assert.Single(compute.Applied);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_EndedWhileItDrained_IsFinished(bool wasRemovedMeanwhile)
    {
        var compute = new FakeComputeTarget();
        var before = await TestWorkspace.StartAsync(compute: compute);
        await before.DeployScriptedAsync(Service);
        compute.Draining = new TaskCompletionSource();
        var operation = await Deployments.OperationOfAsync(await before.Http.DeleteAsync("services/" + Service));
        await before.StopAsync();
        compute.Draining = null;
        if (wasRemovedMeanwhile)
        {
            await compute.DeleteAsync(Service, CancellationToken.None);
        }

        await using var after = await TestWorkspace.StartAsync(before.Data, compute);

        Assert.Equal(OperationState.Succeeded, (await after.EndOfAsync(operation)).State);
        Assert.Null(compute.Find(Service));
        await TestWorkspace.RefusalAsync(after.Http.GetAsync("services/" + Service), 404, ErrorCodes.ServiceNotFound);
    }

    [Fact]
    public async Task Update_EndedBeforeItWasApplied_LeavesTheOldOneUntilTheNextStart()
    {
        var compute = new FakeComputeTarget();
        var before = await TestWorkspace.StartAsync(compute: compute);
        await before.DeployScriptedAsync(Service);
        compute.Applying = new TaskCompletionSource();
        var operation = await Deployments.OperationOfAsync(
            await before.PatchAsync("services/" + Service, new PatchStep("replace", "/scoringTimeoutMs", 5000)));
        await before.StopAsync();
        var meanwhile = compute.Find(Service)!.Generation;
        compute.Applying = null;

        await using var after = await TestWorkspace.StartAsync(before.Data, compute);

        Assert.Equal(OperationState.Succeeded, (await after.EndOfAsync(operation)).State);
        Assert.Equal((1, 2, 5000), (meanwhile, compute.Find(Service)!.Generation, compute.Find(Service)!.Spec.ScoringTimeoutMs));
    }

    // What a crash leaves in the database; a stop that a test can make is more orderly.
    private static async Task SetLeaseAsync(TestWorkspace workspace, OperationState state, string? owner)
    {
        var databases = workspace.Services.GetRequiredService<IDbContextFactory<WorkspaceDb>>();
        await using var db = await databases.CreateDbContextAsync();
        await Eventually.TrueAsync(
            () => db.Operations.AnyAsync(row => row.State == OperationState.Running), "the operation to be claimed");
        var until = owner is null ? (DateTimeOffset?)null : DateTimeOffset.UtcNow.AddDays(1);
        await db.Operations.ExecuteUpdateAsync(set => set
            .SetProperty(row => row.State, state)
            .SetProperty(row => row.LeaseOwner, owner)
            .SetProperty(row => row.LeaseUntil, until));
    }
}
