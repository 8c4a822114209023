using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class DeployTests : IAsyncLifetime
{
    private static readonly ErrorDocument Crash = new(
        ErrorCodes.DeploymentFailed, 400, "init() raised", [new ErrorDetail(ErrorCodes.CrashLoopBackOff, "ValueError")]);

    private TestWorkspace _workspace = null!;

    private FakeComputeTarget Compute => _workspace.Compute;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Deploy_OnnxModel_BecomesHealthyWithDefaults()
    {
        var (service, operation) = await _workspace.DeployAsync("iris");

        Assert.Equal((OperationState.Succeeded, "Service"), (operation.State, operation.OperationType));
        Assert.EndsWith("/services/iris", operation.ResourceLocation, StringComparison.Ordinal);
        Assert.Equal((ServiceState.Healthy, "LOCAL", "local"), (service.State, service.ComputeType, service.ComputeName));
        Assert.Equal("http://gateway.test:8480/api/v1/service/iris/score", service.ScoringUri);
        Assert.Equal("http://gateway.test:8480/api/v1/service/iris/swagger.json", service.SwaggerUri);
        Assert.Equal((true, 60_000, 1, 500), (service.AuthEnabled, service.ScoringTimeoutMs, service.MaxConcurrentRequestsPerContainer, service.MaxQueueWaitMs));
        Assert.Equal((true, 1, 10, 70), (service.AutoScaler.AutoscaleEnabled, service.AutoScaler.MinReplicas, service.AutoScaler.MaxReplicas, service.AutoScaler.TargetUtilization));
        Assert.Equal("iris:1", service.Models.Single().Id);
        Assert.Equal(["iris:1"], service.EnvironmentImageRequest!.ModelIds);
        var applied = Compute.Find("iris")!;
        Assert.Equal((1, "default", "Onnx"), (applied.Generation, applied.Spec.Workspace, applied.Spec.Models.Single().Framework));
        Assert.Null(applied.Spec.EntryScript);
    }

    [Fact]
    public async Task Deploy_WhileItRuns_IsTransitioningAndBusy()
    {
        Compute.Hold = true;
        var accepted = await TestWorkspace.ReadAsync(
            await _workspace.PostAsync(await _workspace.RequestAsync("iris")), ContractsJson.Default.ServiceDto);
        Assert.Equal(ServiceState.Transitioning, accepted.State);
        await Eventually.TrueAsync(
            async () => (await _workspace.GetOperationAsync(accepted.OperationId!)).Activity == "starting replicas", "its activity");

        await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("services/iris", new PatchStep("add", "/scoringTimeoutMs", 1000)), 409, ErrorCodes.ServiceBusy);
        await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("iris", request => request with { Overwrite = true })), 409, ErrorCodes.ServiceBusy);
        Compute.Settle("iris");

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndAsync(accepted.OperationId!)).State);
    }

    [Fact]
    public async Task Deploy_NameTaken_Is409UnlessOverwrite()
    {
        var (before, _) = await _workspace.DeployAsync("iris");
        var keys = await KeysAsync("iris");

        await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("iris")), 409, ErrorCodes.ServiceAlreadyExists);
        var (after, _) = await _workspace.DeployAsync("iris", request => request with { Overwrite = true, ScoringTimeoutMs = 1000 });

        Assert.Equal((before.ScoringUri, before.CreatedTime, keys), (after.ScoringUri, after.CreatedTime, await KeysAsync("iris")));
        Assert.Equal((2, 1000), (Compute.Find("iris")!.Generation, Compute.Find("iris")!.Spec.ScoringTimeoutMs));
    }

    [Fact]
    public async Task Deploy_Overwrite_PropertiesOnlyGrow()
    {
        await _workspace.DeployAsync("iris", request => request with { Properties = Only("owner", "ann") });

        var (after, _) = await _workspace.DeployAsync(
            "iris", request => request with { Overwrite = true, Properties = Only("team", "blue") });
        await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync(
                "iris", request => request with { Overwrite = true, Properties = Only("owner", "bob") })),
            409, ErrorCodes.PropertyImmutable);

        Assert.Equal(new Dictionary<string, string> { ["owner"] = "ann", ["team"] = "blue" }, after.Properties);

        static Dictionary<string, string> Only(string key, string value) => new() { [key] = value };
    }

    [Fact]
    public async Task Deploy_FirstGenerationFails_IsFailedWithTheError()
    {
        Compute.Outcome = _ => Crash;

        var (service, operation) = await _workspace.DeployAsync("iris");

        Assert.Equal((OperationState.Failed, ServiceState.Failed), (operation.State, service.State));
        Assert.Equal(ErrorCodes.CrashLoopBackOff, operation.Error!.Details.Single().Code);
        Assert.Equal("init() raised", service.Error!.Message);
    }

    [Fact]
    public async Task Update_ThatFails_LeavesTheServiceHealthyWithTheError()
    {
        await _workspace.DeployAsync("iris");
        Compute.Outcome = service => service.Generation > 1 ? Crash : null;

        var operation = await _workspace.EndAsync(
            await _workspace.PatchAsync("services/iris", new PatchStep("add", "/scoringTimeoutMs", 1000)));

        var service = await _workspace.GetServiceAsync("iris");
        Assert.Equal((OperationState.Failed, ServiceState.Healthy), (operation.State, service.State));
        Assert.Equal("init() raised", service.Error!.Message);
    }

    [Fact]
    public async Task Deploy_ComputeRefuses_FailsWithItsError()
    {
        Compute.ApplyFails = new FairleadException(ErrorCodes.StorageFull, 507, "no room");

        var (service, operation) = await _workspace.DeployAsync("iris");

        Assert.Equal((ErrorCodes.StorageFull, ServiceState.Failed), (operation.Error!.Code, service.State));
    }

    [Fact]
    public async Task Deploy_ComputeBreaks_FailsWithoutDetail()
    {
        Compute.ApplyFails = new InvalidOperationException("secret detail");

        var (_, operation) = await _workspace.DeployAsync("iris");

        Assert.Equal(ErrorCodes.InternalServerError, operation.Error!.Code);
        Assert.DoesNotContain("secret", operation.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_TakesTooLong_IsTimedOut()
    {
        await using var workspace = await TestWorkspace.StartAsync(
            configure: options => options.DeploymentTimeout = TimeSpan.FromSeconds(1));
        workspace.Compute.Hold = true;

        var (service, operation) = await workspace.DeployAsync("iris");

        Assert.Equal((OperationState.TimedOut, ErrorCodes.DeploymentTimedOut, 504), (operation.State, operation.Error!.Code, operation.Error.StatusCode));
        Assert.Equal((ServiceState.Failed, ErrorCodes.DeploymentTimedOut), (service.State, service.Error!.Code));
    }

    [Fact]
    public async Task Update_Settings_KeepsTheOthersAndRaisesTheGeneration()
    {
        await _workspace.DeployAsync("iris", request => request with { MaxQueueWaitMs = 42, KvTags = new Dictionary<string, string> { ["a"] = "1" } });

        await _workspace.EndAsync(await _workspace.PatchAsync(
            "services/iris",
            new PatchStep("add", "/numReplicas", 3),
            new PatchStep("add", "/kvTags", new JsonObject { ["b"] = "2" })));

        var service = await _workspace.GetServiceAsync("iris");
        Assert.Equal((42, 3, false), (service.MaxQueueWaitMs, service.NumReplicas, service.AutoScaler.AutoscaleEnabled));
        Assert.Equal(new Dictionary<string, string> { ["b"] = "2" }, service.KvTags);
        Assert.Equal(2, Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Update_TagsAlone_RollsNothingOut()
    {
        await _workspace.DeployAsync("iris");

        var operation = await _workspace.EndAsync(
            await _workspace.PatchAsync("services/iris", new PatchStep("add", "/kvTags/a", "1")));

        Assert.Equal((OperationState.Succeeded, 1), (operation.State, Compute.Find("iris")!.Generation));
        Assert.Equal("1", (await _workspace.GetServiceAsync("iris")).KvTags["a"]);
    }

    [Fact]
    public async Task Update_AutoscaleOn_EndsTheFixedNumber()
    {
        await _workspace.DeployAsync("iris", request => request with { NumReplicas = 2 });

        await _workspace.EndAsync(await _workspace.PatchAsync(
            "services/iris", new PatchStep("add", "/autoScaler", new JsonObject { ["autoscaleEnabled"] = true, ["maxReplicas"] = 4 })));

        var service = await _workspace.GetServiceAsync("iris");
        Assert.Equal((true, 4, (int?)null), (service.AutoScaler.AutoscaleEnabled, service.AutoScaler.MaxReplicas, service.NumReplicas));
    }

    [Fact]
    public async Task Update_PropertyThatIsSet_Is409()
    {
        await _workspace.DeployAsync("iris", request => request with { Properties = new Dictionary<string, string> { ["p"] = "1" } });

        await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("services/iris", new PatchStep("add", "/properties/p", "2")), 409, ErrorCodes.PropertyImmutable);
    }

    [Fact]
    public async Task Update_WrongType_NamesTheField()
    {
        await _workspace.DeployAsync("iris");

        var problem = await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("services/iris", new PatchStep("add", "/numReplicas", "many")), 400, ErrorCodes.InvalidArgument);

        Assert.Equal("numReplicas", problem.Details[0].Target);
    }

    [Fact]
    public async Task DeleteModel_InUse_NamesTheService()
    {
        await _workspace.DeployAsync("iris");

        var problem = await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("models/iris:1"), 409, ErrorCodes.ModelInUse);

        Assert.Equal("iris", problem.Details.Single().Target);
        await _workspace.EndAsync(await _workspace.Http.DeleteAsync("services/iris"));
        Assert.True((await _workspace.Http.DeleteAsync("models/iris:1")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task List_Filtered_IsWhatMatches()
    {
        await _workspace.DeployAsync("one", request => request with { KvTags = new Dictionary<string, string> { ["a"] = "1" } });
        await _workspace.DeployAsync("two", request => request with { ComputeType = "aks" });

        Assert.Equal("one,two", await NamesAsync("modelName=iris"));
        Assert.Equal("one,two", await NamesAsync("modelId=iris:1"));
        Assert.Equal("", await NamesAsync("modelId=iris:2"));
        Assert.Equal("one", await NamesAsync("tags=a=1"));
        Assert.Equal("two", await NamesAsync("computeType=AKS"));
        var first = await _workspace.GetAsync("services?count=1", ContractsJson.Default.PageServiceDto);
        var second = await TestWorkspace.ReadAsync(await _workspace.Http.GetAsync(first.NextLink), ContractsJson.Default.PageServiceDto);
        Assert.Equal(("one", "two", (string?)null), (first.Value.Single().Name, second.Value.Single().Name, second.NextLink));
    }

    private async Task<string> NamesAsync(string query) => string.Join(
        ',', (await _workspace.GetAsync("services?" + query, ContractsJson.Default.PageServiceDto)).Value.Select(service => service.Name));

    private async Task<AuthKeysDto> KeysAsync(string name) => await TestWorkspace.ReadAsync(
        await _workspace.Http.PostAsync($"services/{name}/listkeys", null), ContractsJson.Default.AuthKeysDto);
}
