using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Operations;

public sealed class RecoveryTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_DeploymentWasRunning_GoesOn(bool targetRemembers)
    {
        _workspace.Compute.Hold = true;
        var accepted = await AcceptAsync("iris");
        await Eventually.TrueAsync(() => Task.FromResult(_workspace.Compute.Find("iris") is not null), "the service to be applied");

        _workspace.Compute.Hold = false;
        var compute = targetRemembers ? _workspace.Compute : new FakeComputeTarget();
        _workspace = await _workspace.RestartAsync(compute);
        if (targetRemembers)
        {
            compute.Settle("iris");
        }

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndAsync(accepted.OperationId!)).State);
        Assert.Equal(ServiceState.Healthy, (await _workspace.GetServiceAsync("iris")).State);
    }

    [Fact]
    public async Task Start_TargetLostItsServices_GetsThemBackWithTheSameKeys()
    {
        await _workspace.DeployAsync("one");
        await _workspace.DeployAsync("two");
        var before = _workspace.Compute.Find("one")!;

        var empty = new FakeComputeTarget();
        _workspace = await _workspace.RestartAsync(empty);

        await Eventually.TrueAsync(
            () => Task.FromResult(empty.Find("one") is not null && empty.Find("two") is not null), "both services");
        Assert.Equal(before.Secret.KeyHashes, empty.Find("one")!.Secret.KeyHashes);
        Assert.Equal(before.Generation, empty.Find("one")!.Generation);
    }

    [Fact]
    public async Task Start_DeletionWasRunning_GoesOn()
    {
        await _workspace.DeployAsync("iris");
        _workspace.Compute.Draining = new TaskCompletionSource();
        var deletion = (await _workspace.Http.DeleteAsync("services/iris")).Headers.GetValues("Operation-Location").Single().Split('/')[^1];

        _workspace.Compute.Draining = null;
        _workspace = await _workspace.RestartAsync();

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndAsync(deletion)).State);
        Assert.Null(_workspace.Compute.Find("iris"));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/iris"), 404, ErrorCodes.ServiceNotFound);
    }

    [Fact]
    public async Task Delete_WhileItDrains_IsTransitioningAndAskedAgainTheSameOperation()
    {
        await _workspace.DeployAsync("iris");
        var draining = _workspace.Compute.Draining = new TaskCompletionSource();
        var first = await _workspace.Http.DeleteAsync("services/iris");

        Assert.Equal(ServiceState.Transitioning, (await _workspace.GetServiceAsync("iris")).State);
        var second = await _workspace.Http.DeleteAsync("services/iris");
        Assert.Equal(first.Headers.GetValues("Operation-Location"), second.Headers.GetValues("Operation-Location"));
        await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("iris", request => request with { Overwrite = true })), 409, ErrorCodes.ServiceBusy);
        draining.SetResult();

        var operation = await _workspace.EndAsync(first);
        Assert.Equal((OperationState.Succeeded, "DeleteService"), (operation.State, operation.OperationType));
        Assert.Null(_workspace.Compute.Find("iris"));
    }

    [Fact]
    public async Task Delete_DuringADeployment_Is409AndWithForceCancelsIt()
    {
        _workspace.Compute.Hold = true;
        var accepted = await AcceptAsync("iris");

        var refused = await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("services/iris"), 409, ErrorCodes.ServiceBusy);
        var deletion = await _workspace.EndAsync(await _workspace.Http.DeleteAsync("services/iris?force=true"));

        Assert.Contains(accepted.OperationId!, refused.Message, StringComparison.Ordinal);

        Assert.Equal(OperationState.Succeeded, deletion.State);
        Assert.Equal(OperationState.Cancelled, (await _workspace.GetOperationAsync(accepted.OperationId!)).State);
        Assert.Null(_workspace.Compute.Find("iris"));
        _workspace.Compute.Hold = false;
        Assert.Equal(ServiceState.Healthy, (await _workspace.DeployAsync("iris")).Service.State);
    }

    [Fact]
    public async Task Get_UnknownOperation_Is404() => await TestWorkspace.RefusalAsync(
        _workspace.Http.GetAsync("operations/none"), 404, ErrorCodes.OperationNotFound);

    private async Task<ServiceDto> AcceptAsync(string name) => await TestWorkspace.ReadAsync(
        await _workspace.PostAsync(await _workspace.RequestAsync(name)), ContractsJson.Default.ServiceDto);
}
