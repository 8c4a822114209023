using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Computes;

public sealed class AttachTests : IAsyncLifetime
{
    private const string Kubeconfig = "kubeconfig with a secret: s3cr3t";

    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Attach_Cluster_InstallsAndShowsIt()
    {
        var operation = await AttachAsync(Request());

        Assert.Equal((OperationState.Succeeded, "Compute"), (operation.State, operation.OperationType));
        Assert.EndsWith("/computes/prod", operation.ResourceLocation, StringComparison.Ordinal);
        var compute = await GetAsync("prod");
        Assert.Equal(
            ("prod", "Kubernetes", "http://gateway.cluster.test", ProvisioningState.Succeeded, ClusterPurpose.FastProd),
            (compute.Name, compute.ComputeType, compute.GatewayUrl, compute.ProvisioningState, compute.ClusterPurpose));
        Assert.Equal(("azureml-default", "v1.30.0", 3), (compute.Namespace, compute.KubernetesVersion, compute.AgentCount));
        Assert.Equal("http://fairlead.test:8470", compute.WorkspaceUrl);
        Assert.Equal(["local", "prod"], (await _workspace.GetAsync("computes", ContractsJson.Default.PageComputeDto)).Value.Select(item => item.Name));
    }

    [Fact]
    public async Task Attach_Kubeconfig_IsKeptEncryptedAndOnlyShownWhenAskedFor()
    {
        await AttachAsync(Request());

        Assert.DoesNotContain("s3cr3t", await _workspace.Http.GetStringAsync("computes/prod"), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_workspace.Data.Path, "workspace.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain("s3cr3t", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        using var response = await _workspace.Http.PostAsync("computes/prod/listKeys", null);
        var keys = await TestWorkspace.ReadAsync(response, ContractsJson.Default.ComputeKeysDto);
        Assert.Equal(Kubeconfig, keys.AdminKubeConfig);
    }

    [Theory]
    [InlineData("1prod", "name")]
    [InlineData("prod-", "name")]
    [InlineData("a-name-that-is-far-too-long", "name")]
    public async Task Attach_BadName_IsRefusedWithTheRule(string name, string field)
    {
        var problem = await RefusedAsync(Request() with { Name = name }, 400, ErrorCodes.InvalidArgument);

        Assert.Equal(field, problem.Details![0].Target);
        Assert.Contains("2 to 24", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_WhatCannotWork_IsRefusedBeforeAnythingIsKept()
    {
        await RefusedAsync(Request() with { Kubeconfig = FakeClusterConnector.Unreadable }, 400, ErrorCodes.InvalidArgument);
        await RefusedAsync(Request() with { Image = null }, 400, ErrorCodes.InvalidArgument);
        await RefusedAsync(Request() with { Namespace = "kube-system" }, 400, ErrorCodes.InvalidArgument);
        await RefusedAsync(Request() with { ComputeType = "Batch" }, 400, ErrorCodes.InvalidArgument);
        await RefusedAsync(Request() with { Name = "Local" }, 400, ErrorCodes.InvalidArgument);
        var loopback = await RefusedAsync(Request() with { WorkspaceUrl = null }, 400, ErrorCodes.InvalidArgument);
        Assert.Contains("--workspace-url", loopback.Message, StringComparison.Ordinal);
        _workspace.Clusters.Finding = (_, _) => new("Attach", "nodes", "workspace", PreflightOutcome.Fail, "One node.", "Use DevTest.");
        var small = await RefusedAsync(Request(), 400, ErrorCodes.PreflightFailed);
        Assert.Contains("One node. Use DevTest.", small.Message, StringComparison.Ordinal);
        Assert.Equal("nodes", small.Details!.Single().Target);

        Assert.Empty(_workspace.Clusters.Installed);
        Assert.Single((await _workspace.GetAsync("computes", ContractsJson.Default.PageComputeDto)).Value);
    }

    [Fact]
    public async Task Attach_UnreachableFromInside_FailsTheOperationAndCanBeTriedAgain()
    {
        _workspace.Clusters.Finding = (_, options) => options.FromCluster
            ? new("Deployment", "workspace", "cluster", PreflightOutcome.Fail, "The workspace is not reached.", "Give --workspace-url.") : null;

        var failed = await AttachAsync(Request());
        Assert.Equal((OperationState.Failed, ErrorCodes.PreflightFailed), (failed.State, failed.Error!.Code));
        Assert.Equal(ProvisioningState.Failed, (await GetAsync("prod")).ProvisioningState);

        _workspace.Clusters.Finding = (_, _) => null;
        Assert.Equal(OperationState.Succeeded, (await AttachAsync(Request())).State);
        Assert.Null((await GetAsync("prod")).ProvisioningErrors);
    }

    [Fact]
    public async Task Attach_Again_UpgradesInPlaceAndKeepsWhatIsNotNamed()
    {
        await AttachAsync(Request() with { ClusterPurpose = ClusterPurpose.DevTest });

        await AttachAsync(new AttachComputeRequest { Name = "PROD", Image = "fairlead:2" });

        var (first, second) = (_workspace.Clusters.Installed.First(), _workspace.Clusters.Installed.Last());
        Assert.Equal((first.Id, "prod", Kubeconfig, ClusterPurpose.DevTest), (second.Id, second.Name, second.Kubeconfig, second.Purpose));
        Assert.Equal("fairlead:2", second.Image);
        await RefusedAsync(Request() with { Namespace = "elsewhere" }, 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Update_NamedSettings_ChangeAndTheOthersStay()
    {
        await AttachAsync(Request());

        using var response = await _workspace.SendAsync(
            HttpMethod.Patch, "computes/prod", new UpdateComputeRequest { LoadBalancerType = LoadBalancerType.NodePort },
            ContractsJson.Default.UpdateComputeRequest);
        await _workspace.EndAsync(response);

        var compute = await GetAsync("prod");
        Assert.Equal((LoadBalancerType.NodePort, "fairlead:1"), (compute.LoadBalancerType, compute.Image));
    }

    [Fact]
    public async Task Attach_ClusterOfAnotherTarget_IsRefused()
    {
        await AttachAsync(Request());

        var problem = await RefusedAsync(Request() with { Name = "second" }, 400, ErrorCodes.PreflightFailed);

        Assert.Contains("attached already", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detach_Cluster_RemovesItAfterListing()
    {
        await AttachAsync(Request());
        var listed = await _workspace.GetAsync("computes/prod/objects", ContractsJson.Default.ComputeObjectsDto);
        Assert.Contains("Namespace fairlead-system", listed.Value);
        Assert.True(_workspace.Clusters.IsInstalled(Kubeconfig));

        var operation = await _workspace.EndAsync(await _workspace.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach"));

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.False(_workspace.Clusters.IsInstalled(Kubeconfig));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("computes/prod"), 404, ErrorCodes.ComputeNotFound);
        await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("computes/local?underlyingResourceAction=Detach"), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Delete_ClusterThatWasAttached_IsRefusedAsInV1()
    {
        await AttachAsync(Request());

        var problem = await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("computes/prod"), 400, ErrorCodes.NotSupported);

        Assert.Contains("computetarget detach -n prod", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_WhileAnotherRuns_IsBusy()
    {
        _workspace.Clusters.Installing = new TaskCompletionSource();
        using var first = await PostAsync(Request());

        await RefusedAsync(Request(), 409, ErrorCodes.ComputeBusy);
        await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach"), 409, ErrorCodes.ComputeBusy);

        _workspace.Clusters.Installing.SetResult();
        Assert.Equal(OperationState.Succeeded, (await _workspace.EndAsync(first)).State);
    }

    [Fact]
    public async Task Attach_ServerEndsMeanwhile_TheNextOneGoesOn()
    {
        _workspace.Clusters.Installing = new TaskCompletionSource();
        using var response = await PostAsync(Request());
        var id = response.Headers.GetValues("Operation-Location").Single().Split('/')[^1];
        await Eventually.TrueAsync(
            async () => (await _workspace.GetOperationAsync(id)).Activity == "Applying Namespace fairlead-system...", "the installation");

        _workspace = await _workspace.RestartAsync();
        _workspace.Clusters.Installing!.SetResult();

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndAsync(id)).State);
        Assert.Equal(ProvisioningState.Succeeded, (await GetAsync("prod")).ProvisioningState);
    }

    [Fact]
    public async Task Check_AttachedCluster_GivesTheReport()
    {
        await AttachAsync(Request());

        using var response = await _workspace.SendAsync(
            HttpMethod.Post, "computes/prod/check", new PreflightOptions(), ContractsJson.Default.PreflightOptions);
        var report = await TestWorkspace.ReadAsync(response, ContractsJson.Default.PreflightReport);

        Assert.Equal(PreflightOutcome.Pass, Assert.Single(report.Checks).Outcome);
    }

    [Fact]
    public async Task Deploy_ToAnAttachedCluster_RunsThereAndHoldsItAttached()
    {
        await AttachAsync(Request());

        var (service, operation) = await _workspace.DeployAsync("iris", request => request with { ComputeName = "prod", ComputeType = "AKS" });

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.Equal(("prod", "http://gateway.cluster.test/api/v1/service/iris/score"), (service.ComputeName, service.ScoringUri));
        Assert.NotNull(_workspace.Clusters.Opened["prod"].Find("iris"));
        Assert.Null(_workspace.Compute.Find("iris"));
        var elsewhere = await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("second", request => request with { ComputeName = "prod", Namespace = "elsewhere" })),
            400, ErrorCodes.InvalidArgument);
        Assert.Contains("azureml-default", elsewhere.Message, StringComparison.Ordinal);
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach"), 409, ErrorCodes.ComputeInUse);
        Assert.Contains("iris", problem.Message, StringComparison.Ordinal);

        await _workspace.EndAsync(await _workspace.Http.DeleteAsync("services/iris"));
        await _workspace.EndAsync(await _workspace.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach"));
        await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("iris", request => request with { ComputeName = "prod" })), 404, ErrorCodes.ComputeNotFound);
    }

    [Fact]
    public async Task Restart_AttachedCluster_IsOpenAgain()
    {
        await AttachAsync(Request());
        await _workspace.DeployAsync("iris", request => request with { ComputeName = "prod" });

        _workspace = await _workspace.RestartAsync();

        Assert.Equal("prod", (await _workspace.GetServiceAsync("iris")).ComputeName);
        await Eventually.TrueAsync(() => Task.FromResult(_workspace.Clusters.Opened["prod"].Find("iris") is not null), "the service, said again");
    }

    [Fact]
    public async Task Detach_ClusterThatIsGone_IsForgottenWithItsServices()
    {
        await AttachAsync(Request());
        await _workspace.DeployAsync("iris", request => request with { ComputeName = "prod" });

        using var response = await _workspace.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach&force=true");

        Assert.Equal(204, (int)response.StatusCode);
        Assert.True(_workspace.Clusters.IsInstalled(Kubeconfig));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/iris"), 404, ErrorCodes.ServiceNotFound);
        Assert.Single((await _workspace.GetAsync("computes", ContractsJson.Default.PageComputeDto)).Value);
    }

    private static AttachComputeRequest Request() => new()
    {
        Name = "prod",
        Kubeconfig = Kubeconfig,
        Image = "fairlead:1",
        WorkspaceUrl = "http://fairlead.test:8470/",
    };

    private Task<HttpResponseMessage> PostAsync(AttachComputeRequest request) =>
        _workspace.SendAsync(HttpMethod.Post, "computes", request, ContractsJson.Default.AttachComputeRequest);

    private async Task<OperationDto> AttachAsync(AttachComputeRequest request) => await _workspace.EndAsync(await PostAsync(request));

    private Task<ProblemDto> RefusedAsync(AttachComputeRequest request, int status, string code) =>
        TestWorkspace.RefusalAsync(PostAsync(request), status, code);

    private Task<ComputeDto> GetAsync(string name) => _workspace.GetAsync("computes/" + name, ContractsJson.Default.ComputeDto);
}
