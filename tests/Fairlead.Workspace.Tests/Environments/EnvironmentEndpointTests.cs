using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Environments;

public sealed class EnvironmentEndpointTests : IAsyncLifetime
{
    private const string Pip = """{"python": {"condaDependencies": {"name": "x", "dependencies": ["python=3.11", {"pip": ["a", "b"]}]}}}""";

    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Put_SameDefinition_KeepsTheVersionAndAnotherRaisesIt()
    {
        var first = await PutAsync("env", Pip);
        var same = await PutAsync("env", Pip);
        var next = await PutAsync("env", """{"environmentVariables": {"A": "1"}, """ + Pip[1..]);

        Assert.Equal(("1", "1", "2"), (first.Version, same.Version, next.Version));
        Assert.Equal(("env", "2"), (next.Definition.Name, next.Definition.Version));
        Assert.Equal("2", (await _workspace.GetAsync("environments/env", ContractsJson.Default.EnvironmentDto)).Version);
        Assert.Equal("1", (await _workspace.GetAsync("environments/env/versions/1", ContractsJson.Default.EnvironmentDto)).Version);
        Assert.Equal(2, (await _workspace.GetAsync("environments/env/versions", ContractsJson.Default.PageEnvironmentDto)).Value.Count);
        Assert.Equal("2", (await _workspace.GetAsync("environments", ContractsJson.Default.PageEnvironmentDto)).Value.Single().Version);
    }

    [Fact]
    public async Task Hash_CountsWhatIsBuiltAlone()
    {
        var hash = (await PutAsync("env", Pip)).Hash;

        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, (await PutAsync("other", """{"environmentVariables": {"A": "1"}, """ + Pip[1..])).Hash);
        Assert.NotEqual(hash, (await PutAsync("order", Pip.Replace("\"a\", \"b\"", "\"b\", \"a\"", StringComparison.Ordinal))).Hash);
    }

    [Theory]
    [InlineData("AzureML-sklearn")]
    [InlineData("microsoft-x")]
    [InlineData("-x")]
    public async Task Put_NameNotAllowed_Is400(string name) => await TestWorkspace.RefusalAsync(
        SendAsync(name, "{}"), 400, ErrorCodes.InvalidArgument);

    [Fact]
    public async Task Get_Unknown_Is404()
    {
        await PutAsync("env", """{"docker": null, "python": null}""");

        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("environments/none"), 404, ErrorCodes.EnvironmentNotFound);
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("environments/env/versions/9"), 404, ErrorCodes.EnvironmentNotFound);
    }

    [Fact]
    public async Task Deploy_ByReference_FixesTheVersion()
    {
        await PutAsync("env", Pip);

        var (service, _) = await _workspace.DeployAsync("iris", request => request with
        {
            EnvironmentImageRequest = new EnvironmentImageRequest { ModelIds = ["iris"], EnvironmentReference = new EnvironmentReference("env") },
        });

        Assert.Equal(new EnvironmentReference("env", "1"), service.EnvironmentImageRequest!.EnvironmentReference);
        Assert.Equal("env", _workspace.Compute.Find("iris")!.Spec.Environment!.Name);
    }

    private async Task<EnvironmentDto> PutAsync(string name, string definition) =>
        await TestWorkspace.ReadAsync(await SendAsync(name, definition), ContractsJson.Default.EnvironmentDto);

    private Task<HttpResponseMessage> SendAsync(string name, string definition) =>
        _workspace.Http.PutAsync("environments/" + name, new StringContent(definition, Encoding.UTF8, "application/json"));
}
