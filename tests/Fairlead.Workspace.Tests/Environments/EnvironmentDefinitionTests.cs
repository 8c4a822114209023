using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Environments;

public sealed class EnvironmentDefinitionTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Register_SameDefinition_IsTheSameVersionAndAChangedOneTheNext()
    {
        var first = await RegisterAsync("sklearn", Conda("numpy"));
        var same = await RegisterAsync("sklearn", Conda("numpy") with { Version = "7" });
        var changed = await RegisterAsync("sklearn", Conda("scipy"));

        Assert.Equal((first.Version, first.Hash, first.CreatedTime), (same.Version, same.Hash, same.CreatedTime));
        Assert.Equal(("1", "2"), (first.Version, changed.Version));
        Assert.NotEqual(first.Hash, changed.Hash);
        Assert.Equal(("sklearn", "2"), (changed.Definition.Name, changed.Definition.Version));
    }

    [Fact]
    public async Task Register_AtTheSameTime_MakesOneVersion()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RegisterAsync("sklearn", Conda("numpy"))));

        Assert.All(all, environment => Assert.Equal("1", environment.Version));
    }

    [Fact]
    public async Task Lists_AreTheNewestOfEachAndAllOfOne()
    {
        await RegisterAsync("b", Conda("1"));
        await RegisterAsync("a", Conda("1"));
        await RegisterAsync("b", Conda("2"));

        var newest = await _workspace.GetAsync("environments", ContractsJson.Default.PageEnvironmentDto);
        var versions = await _workspace.GetAsync("environments/b/versions", ContractsJson.Default.PageEnvironmentDto);
        var one = await _workspace.GetAsync("environments/b/versions/1", ContractsJson.Default.EnvironmentDto);
        var latest = await _workspace.GetAsync("environments/b", ContractsJson.Default.EnvironmentDto);

        Assert.Equal(["a:1", "b:2"], newest.Value.Select(item => $"{item.Name}:{item.Version}"));
        Assert.Equal(["2", "1"], versions.Value.Select(item => item.Version));
        Assert.Equal(("1", "2"), (one.Version, latest.Version));
    }

    [Theory]
    [InlineData("environments/none")]
    [InlineData("environments/none/versions")]
    [InlineData("environments/known/versions/2")]
    public async Task Get_Unknown_IsEnvironmentNotFound(string path)
    {
        await RegisterAsync("known", Conda("numpy"));

        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync(path), 404, ErrorCodes.EnvironmentNotFound);
    }

    [Theory]
    [InlineData("Microsoft-x")]
    [InlineData("azureml-x")]
    [InlineData("a b")]
    public async Task Register_NameNotAllowed_Is400(string name) => await TestWorkspace.RefusalAsync(
        _workspace.SendAsync(
            HttpMethod.Put, "environments/" + Uri.EscapeDataString(name), Conda("numpy"),
            ContractsJson.Default.EnvironmentDefinition),
        400, ErrorCodes.InvalidArgument);

    [Fact]
    public async Task Deploy_ByReference_RunsThatVersion()
    {
        await RegisterAsync("sklearn", Conda("numpy"));
        await RegisterAsync("sklearn", Conda("scipy"));
        var request = await _workspace.ScriptedRequestAsync("iris");

        await _workspace.DeployRequestAsync(request with
        {
            EnvironmentImageRequest = request.EnvironmentImageRequest! with { EnvironmentReference = new EnvironmentReference("sklearn", "1") },
        });

        Assert.Equal("1", _workspace.Compute.Find("iris")!.Spec.Environment?.Version);
    }

    [Fact]
    public void Hash_OfWhatDoesNotChangeTheBuild_IsTheSame()
    {
        var definition = Conda("numpy", "scipy");
        var reordered = definition with
        {
            Name = "n",
            Version = "3",
            EnvironmentVariables = new Dictionary<string, string> { ["A"] = "1" },
            Python = new PythonSection
            {
                CondaDependencies = JsonNode.Parse("""{"dependencies": [{"pip": ["numpy", "scipy"]}], "channels": ["conda-forge"]}""")!.AsObject(),
            },
        };

        Assert.Equal(EnvironmentHash.Of(definition), EnvironmentHash.Of(reordered));
        Assert.Matches("^[0-9a-f]{64}$", EnvironmentHash.Of(definition));
    }

    [Fact]
    public void Hash_OfWhatChangesTheBuild_IsAnother()
    {
        var definition = Conda("numpy", "scipy");
        EnvironmentDefinition[] others =
        [
            Conda("scipy", "numpy"),
            definition with { Docker = new DockerSection { BaseImage = "ubuntu:24.04" } },
            definition with { Docker = new DockerSection { BaseDockerfile = "FROM x" } },
            definition with { Python = definition.Python with { UserManagedDependencies = true } },
            definition with { InferencingStackVersion = "latest" },
        ];

        Assert.Equal(others.Length + 1, others.Append(definition).Select(EnvironmentHash.Of).Distinct().Count());
    }

    private static EnvironmentDefinition Conda(params string[] packages) => new()
    {
        Python = new PythonSection
        {
            CondaDependencies = new JsonObject
            {
                ["channels"] = new JsonArray("conda-forge"),
                ["dependencies"] = new JsonArray(new JsonObject { ["pip"] = new JsonArray([.. packages.Select(package => JsonValue.Create(package))]) }),
            },
        },
    };

    private Task<EnvironmentDto> RegisterAsync(string name, EnvironmentDefinition definition) => _workspace.SendAsync(
        HttpMethod.Put, "environments/" + name, definition,
        ContractsJson.Default.EnvironmentDefinition, ContractsJson.Default.EnvironmentDto);
}
