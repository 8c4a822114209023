using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Sharing;

/// <summary>Clusters that one of several workspaces attaches are there for the others too.</summary>
public sealed class SharedClusterTests : IAsyncLifetime
{
    private readonly FakeClusterConnector _clusters = new();
    private TestWorkspace _one = null!;
    private TestWorkspace _two = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var blobs = await BlobServers.AzureAsync();
        (_one, _two) = (await StartAsync(), await StartAsync());

        Task<TestWorkspace> StartAsync() => TestWorkspace.StartAsync(
            clusters: _clusters, isShared: true, configure: options => (options.Database, options.Blobs) = (new() { ConnectionString = database }, blobs));
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Attach_ThroughOne_TheOtherDeploysThereAtOnce()
    {
        Assert.Equal(OperationState.Succeeded, (await _one.EndOfAsync(await AttachAsync(_one))).State);

        var operation = await _two.DeployRequestAsync(await _two.RequestAsync("iris", request => request with { ComputeName = "prod", ComputeType = "AKS" }));

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.Equal("prod", (await _one.ServiceAsync("iris")).ComputeName);
    }

    [Fact]
    public async Task Detach_ThroughOne_TheOtherDeploysThereNoMore()
    {
        await _one.EndOfAsync(await AttachAsync(_one));
        using var detach = await _two.Http.DeleteAsync("computes/prod?underlyingResourceAction=Detach");
        await _two.EndOfAsync(detach);

        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await _one.PostServiceAsync(
                    await _one.RequestAsync("iris", request => request with { ComputeName = "prod", ComputeType = "AKS" }));
                return (int)answer.StatusCode == 404;
            },
            "the cluster to be gone");
    }

    [Fact]
    public async Task Attach_SameNameThroughBothAtOnce_OneWinsAndTheOtherIsTold()
    {
        // Were the first one's installation at its end, the second would attach anew, which is allowed.
        _clusters.Installing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var answers = await Task.WhenAll(AttachAsync(_one), AttachAsync(_two));

        _clusters.Installing.SetResult();
        Assert.Equal([202, 409], answers.Select(answer => (int)answer.StatusCode).Order());
        await TestWorkspace.RefusalAsync(
            Task.FromResult(answers.Single(answer => (int)answer.StatusCode == 409)), 409, ErrorCodes.ComputeBusy);
    }

    private static Task<HttpResponseMessage> AttachAsync(TestWorkspace workspace) => workspace.SendAsync(
        HttpMethod.Post,
        "computes",
        new AttachComputeRequest
        {
            Name = "prod",
            ComputeType = "Kubernetes",
            Kubeconfig = "a cluster",
            Image = "registry.test/fairlead:1",
            WorkspaceUrl = "http://fairlead.test:8470",
        },
        ContractsJson.Default.AttachComputeRequest);
}
