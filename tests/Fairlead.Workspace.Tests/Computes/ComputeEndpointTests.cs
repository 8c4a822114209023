using Fairlead.Contracts.Api;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Computes;

public sealed class ComputeEndpointTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task List_GivesTheTargetsWithTheirGateways()
    {
        var page = await _workspace.GetAsync("computes", ContractsJson.Default.PageComputeDto);

        Assert.Equal([new ComputeDto("local", "LOCAL", "http://gateway.test:8480")], page.Value);
    }
}
