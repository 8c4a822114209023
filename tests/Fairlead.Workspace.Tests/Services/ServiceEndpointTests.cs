using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class ServiceEndpointTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Create_Accepted_BecomesHealthyWithTheDefaultsOfV1()
    {
        _workspace.Compute.Hold = true;
        using var accepted = await _workspace.PostServiceAsync(await _workspace.ScriptedRequestAsync("iris"));
        var operation = await Deployments.OperationOfAsync(accepted);
        await _workspace.Compute.WaitForStateAsync("iris", ServiceState.Transitioning);

        var during = await _workspace.ServiceAsync("iris");
        var running = await _workspace.GetAsync(operation, ContractsJson.Default.OperationDto);
        _workspace.Compute.Settle("iris");
        var ended = await _workspace.EndOfAsync(operation);
        var after = await _workspace.ServiceAsync("iris");

        Assert.Equal(ServiceState.Transitioning, during.State);
        Assert.Equal((OperationState.Running, "Service", "starting replicas"), (running.State, running.OperationType, running.Activity));
        Assert.EndsWith("/services/iris", running.ResourceLocation, StringComparison.Ordinal);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(ServiceState.Healthy, after.State);
        Assert.Equal("http://gateway.test:8480/api/v1/service/iris/score", after.ScoringUri);
        Assert.Equal("http://gateway.test:8480/api/v1/service/iris/swagger.json", after.SwaggerUri);
        Assert.Equal(("AKS", "local", "HttpRealtimeEndpoint"), (after.ComputeType, after.ComputeName, after.DeploymentType));
        Assert.Equal(new AutoScaler(), after.AutoScaler);
        Assert.Equal(new ContainerResourceRequirements(), after.ContainerResourceRequirements);
        Assert.Equal(new LivenessProbeRequirements(), after.LivenessProbeRequirements);
        Assert.Equal((true, false, 60_000, 1, 500), (
            after.AuthEnabled, after.AadAuthEnabled, after.ScoringTimeoutMs, after.MaxConcurrentRequestsPerContainer,
            after.MaxQueueWaitMs));
        Assert.Equal("iris-model:1", after.Models.Single().Id);
        Assert.Equal((1, 1), (after.DeploymentStatus.DesiredReplicas, after.DeploymentStatus.AvailableReplicas));
    }

    [Fact]
    public async Task Create_Overwrite_KeepsKeysAndTakesDefaultsForTheRest()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        await _workspace.DeployRequestAsync(request with
        {
            Description = "first",
            NumReplicas = 2,
            KvTags = new Dictionary<string, string> { ["t"] = "1" },
        });
        var keys = await _workspace.KeysAsync("iris");

        var ended = await _workspace.DeployRequestAsync(request with { Overwrite = true });

        var service = await _workspace.ServiceAsync("iris");
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(keys, await _workspace.KeysAsync("iris"));
        Assert.Equal((null, null, 0), (service.Description, service.NumReplicas, service.KvTags.Count));
        Assert.Equal(2, _workspace.Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Change_WhileAnotherRuns_IsServiceBusyNamingIt()
    {
        _workspace.Compute.Hold = true;
        var request = await _workspace.ScriptedRequestAsync("iris");
        var operation = await Deployments.OperationOfAsync(await _workspace.PostServiceAsync(request));
        await _workspace.Compute.WaitForStateAsync("iris", Contracts.Services.ServiceState.Transitioning);

        var update = await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("services/iris", new PatchStep("replace", "/numReplicas", 2)), 409, ErrorCodes.ServiceBusy);
        await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("services/iris"), 409, ErrorCodes.ServiceBusy);
        await TestWorkspace.RefusalAsync(
            _workspace.PostServiceAsync(request with { Overwrite = true }), 409, ErrorCodes.ServiceBusy);

        Assert.Contains(operation["operations/".Length..], update.Message, StringComparison.Ordinal);
        Assert.Single(_workspace.Compute.Applied);
    }

    [Fact]
    public async Task Create_SameNameAtTheSameTime_OnlyOneIsTaken()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _workspace.PostServiceAsync(request)));

        Assert.Single(answers, answer => (int)answer.StatusCode == 202);
        Assert.All(answers.Where(answer => (int)answer.StatusCode != 202), answer => Assert.Equal(409, (int)answer.StatusCode));
    }

    [Fact]
    public async Task Create_TargetRefusesToApply_IsFailedAndMayBeRedeployed()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        _workspace.Compute.ApplyFails = new InvalidOperationException("secret detail");

        var failed = await _workspace.DeployRequestAsync(request);
        var service = await _workspace.ServiceAsync("iris");
        var redeployed = await _workspace.DeployRequestAsync(request with { Overwrite = true });

        Assert.Equal((OperationState.Failed, ErrorCodes.InternalServerError), (failed.State, failed.Error?.Code));
        Assert.DoesNotContain("secret", failed.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Failed, service.State);
        Assert.Equal(OperationState.Succeeded, redeployed.State);
    }

    [Fact]
    public async Task Create_ThatNeverSettles_TimesOutAndMayStillBecomeHealthy()
    {
        await using var workspace = await TestWorkspace.StartAsync(
            configure: options => options.DeploymentTimeout = TimeSpan.FromSeconds(1));
        workspace.Compute.Hold = true;

        var ended = await workspace.DeployRequestAsync(await workspace.ScriptedRequestAsync("iris"));
        var late = await workspace.ServiceAsync("iris");
        workspace.Compute.Settle("iris");
        var ready = await workspace.ServiceAsync("iris");

        Assert.Equal(OperationState.TimedOut, ended.State);
        Assert.Equal((ErrorCodes.DeploymentTimedOut, 504), (ended.Error?.Code, ended.Error?.StatusCode));
        Assert.Equal(ErrorCodes.DeploymentTimedOut, late.Error?.Code);
        Assert.Equal((ServiceState.Healthy, null), (ready.State, ready.Error));
    }

    [Fact]
    public async Task Delete_Service_DrainsAndIsGone()
    {
        await _workspace.DeployScriptedAsync("iris");
        _workspace.Compute.Draining = new TaskCompletionSource();

        var operation = await Deployments.OperationOfAsync(await _workspace.Http.DeleteAsync("services/iris"));
        var during = await _workspace.ServiceAsync("iris");
        await TestWorkspace.RefusalAsync(
            _workspace.SendAsync(
                HttpMethod.Post, "services/iris/regenerateKeys", new RegenerateKeyRequest("Primary"),
                ContractsJson.Default.RegenerateKeyRequest),
            409, ErrorCodes.ServiceBusy);
        _workspace.Compute.Draining.SetResult();
        var ended = await _workspace.EndOfAsync(operation);

        Assert.Equal(ServiceState.Transitioning, during.State);
        Assert.Equal((OperationState.Succeeded, "DeleteService"), (ended.State, ended.OperationType));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/iris"), 404, ErrorCodes.ServiceNotFound);
        Assert.Null(_workspace.Compute.Find("iris"));
    }

    [Theory]
    [InlineData("GET", "services/none")]
    [InlineData("DELETE", "services/none")]
    [InlineData("POST", "services/none/listkeys")]
    [InlineData("GET", "services/none/logs")]
    public async Task Service_Unknown_IsServiceNotFound(string method, string path) => await TestWorkspace.RefusalAsync(
        _workspace.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)), 404, ErrorCodes.ServiceNotFound);

    [Fact]
    public async Task DeleteModel_InUse_NamesTheServicesUntilTheyAreGone()
    {
        await _workspace.DeployScriptedAsync("iris");

        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("models/iris-model:1"), 409, ErrorCodes.ModelInUse);
        await _workspace.EndOfAsync(await _workspace.Http.DeleteAsync("services/iris"));
        using var deleted = await _workspace.Http.DeleteAsync("models/iris-model:1");

        Assert.Contains("by iris.", problem.Message, StringComparison.Ordinal);
        Assert.True(deleted.IsSuccessStatusCode);
    }
}
