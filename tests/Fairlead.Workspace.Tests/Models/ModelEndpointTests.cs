using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Models;

public sealed class ModelEndpointTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Register_Twice_CountsVersions()
    {
        var first = await _workspace.RegisterModelAsync("iris", "onnx");
        var second = await _workspace.RegisterModelAsync("iris", "ONNX");

        Assert.Equal(("iris:1", 1, "Onnx"), (first.Id, first.Version, first.Framework));
        Assert.Equal(("iris:2", 2), (second.Id, second.Version));
        Assert.Equal((1, 5L, "application/octet-stream"), (second.FileCount, second.SizeBytes, second.MimeType));
        Assert.StartsWith(Routes.AssetUrlPrefix, second.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_ManyAtTheSameTime_GetDistinctVersions()
    {
        var asset = await _workspace.UploadAsync(Routes.Assets, ("m", "x"));

        var models = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _workspace.RegisterModelAsync("iris", asset: asset)));

        Assert.Equal(Enumerable.Range(1, 16).Select(i => (long)i), models.Select(model => model.Version).Order());
    }

    [Fact]
    public async Task Register_AfterTheNewestWasDeleted_DoesNotReuseItsVersion()
    {
        await _workspace.RegisterModelAsync("iris");
        await _workspace.Http.DeleteAsync("models/iris:1");

        Assert.Equal(2, (await _workspace.RegisterModelAsync("iris")).Version);
    }

    [Theory]
    [InlineData("-iris", "Onnx")]
    [InlineData("iris", "Keras")]
    public async Task Register_WrongArgument_Is400(string name, string framework)
    {
        var asset = await _workspace.UploadAsync(Routes.Assets, ("m", "x"));

        await TestWorkspace.RefusalAsync(
            _workspace.SendAsync(
                HttpMethod.Post,
                Routes.Models,
                new CreateModelRequest { Name = name, Url = asset.Url, Framework = framework },
                ContractsJson.Default.CreateModelRequest),
            400,
            ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Register_UnknownAsset_IsAssetNotFound() => await TestWorkspace.RefusalAsync(
        _workspace.SendAsync(
            HttpMethod.Post,
            Routes.Models,
            new CreateModelRequest { Name = "iris", Url = Routes.AssetUrlPrefix + "sha256:" + new string('0', 64) },
            ContractsJson.Default.CreateModelRequest),
        404,
        ErrorCodes.AssetNotFound);

    [Fact]
    public async Task Get_ByNameAlone_IsTheNewest()
    {
        await _workspace.RegisterModelAsync("iris");
        var newest = await _workspace.RegisterModelAsync("iris");

        var shown = await _workspace.GetAsync("models/iris", ContractsJson.Default.ModelDto);

        Assert.Equal(newest.Id, shown.Id);
    }

    [Fact]
    public async Task Get_UnknownVersion_NamesTheNewest()
    {
        await _workspace.RegisterModelAsync("iris");

        var problem = await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("models/iris:99"), 404, ErrorCodes.ModelNotFound);

        Assert.Contains("iris:99", problem.Message, StringComparison.Ordinal);
        Assert.Contains("is 1", problem.Message, StringComparison.Ordinal);
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("models/Iris"), 404, ErrorCodes.ModelNotFound);
    }

    [Theory]
    [InlineData("name=iris", "iris:2,iris:1")]
    [InlineData("latest=true", "digits:1,iris:2")]
    [InlineData("framework=onnx", "iris:2,iris:1")]
    [InlineData("tags=stage=prod", "digits:1")]
    [InlineData("tags=stage", "digits:1,iris:1")]
    [InlineData("tags=stage,owner", "digits:1")]
    [InlineData("properties=area=flowers", "iris:1")]
    [InlineData("runId=run7", "digits:1")]
    [InlineData("orderBy=CreatedAtAsc", "iris:1,iris:2,digits:1")]
    [InlineData("orderBy=UpdatedAtDesc", "iris:1,digits:1,iris:2")]
    [InlineData("name=nothing", "")]
    public async Task List_Filtered_IsWhatMatchesInOrder(string query, string expected)
    {
        await _workspace.RegisterModelAsync("iris", "Onnx", tags: new() { ["stage"] = "test" }, properties: new() { ["area"] = "flowers" });
        await _workspace.RegisterModelAsync("iris", "Onnx");
        await _workspace.RegisterModelAsync("digits", tags: new() { ["stage"] = "prod", ["owner"] = "a" }, runId: "run7");
        await PatchAsync("iris:1", new PatchStep("add", "/description", "touched"));

        var page = await _workspace.GetAsync("models?" + query, ContractsJson.Default.PageModelDto);

        Assert.Equal(expected, string.Join(',', page.Value.Select(model => model.Id)));
    }

    [Theory]
    [InlineData("CreatedAtDesc")]
    [InlineData("UpdatedAtAsc")]
    public async Task List_InPages_GivesEachOnceEvenWhenOneGoesAway(string order)
    {
        var asset = await _workspace.UploadAsync(Routes.Assets, ("m", "x"));
        for (var i = 0; i < 5; i++)
        {
            await _workspace.RegisterModelAsync("iris", asset: asset);
        }

        var seen = new List<long>();
        for (var url = $"models?count=2&orderBy={order}"; url is not null;)
        {
            var page = await TestWorkspace.ReadAsync(await _workspace.Http.GetAsync(url), ContractsJson.Default.PageModelDto);
            seen.AddRange(page.Value.Select(model => model.Version));
            if (seen.Count == 2)
            {
                await _workspace.Http.DeleteAsync($"models/iris:{seen[^1]}");
            }

            url = page.NextLink;
            Assert.True(url is null || Uri.IsWellFormedUriString(url, UriKind.Absolute), url);
        }

        Assert.Equal([1, 2, 3, 4, 5], seen.Order());
    }

    [Theory]
    [InlineData("count=0")]
    [InlineData("orderBy=Name")]
    [InlineData("$skipToken=x")]
    [InlineData("count=many")]
    public async Task List_WrongQuery_Is400(string query) => await TestWorkspace.RefusalAsync(
        _workspace.Http.GetAsync("models?" + query), 400, ErrorCodes.InvalidArgument);

    [Fact]
    public async Task Patch_TagsAndProperties_ChangeAsTheyMay()
    {
        await _workspace.RegisterModelAsync("iris", tags: new() { ["a"] = "1", ["b"] = "2" }, properties: new() { ["p"] = "1" });

        var model = await PatchAsync(
            "iris:1",
            new PatchStep("replace", "/kvTags/a", "3"),
            new PatchStep("remove", "/kvTags/b"),
            new PatchStep("add", "/kvTags/x~1y", "4"),
            new PatchStep("add", "/properties/q", "2"),
            new PatchStep("replace", "/description", "better"));

        Assert.Equal(new Dictionary<string, string> { ["a"] = "3", ["x/y"] = "4" }, model.KvTags);
        Assert.Equal(new Dictionary<string, string> { ["p"] = "1", ["q"] = "2" }, model.Properties);
        Assert.Equal("better", model.Description);
        Assert.True(model.ModifiedTime > model.CreatedTime);
    }

    [Theory]
    [InlineData("replace", "/properties/p", "2")]
    [InlineData("remove", "/properties/p", null)]
    [InlineData("add", "/properties/p", "2")]
    [InlineData("remove", "/properties", null)]
    public async Task Patch_PropertyThatIsSet_Is409(string op, string path, string? value)
    {
        await _workspace.RegisterModelAsync("iris", properties: new() { ["p"] = "1" });

        await TestWorkspace.RefusalAsync(SendPatchAsync("iris:1", new PatchStep(op, path, value)), 409, ErrorCodes.PropertyImmutable);
    }

    [Theory]
    [InlineData("replace", "/name", "x")]
    [InlineData("move", "/kvTags/a", "x")]
    [InlineData("remove", "/kvTags/none", null)]
    [InlineData("add", "kvTags", "x")]
    [InlineData("add", "/description/x", "y")]
    public async Task Patch_WrongStep_Is400(string op, string path, string? value)
    {
        await _workspace.RegisterModelAsync("iris");
        await PatchAsync("iris:1", new PatchStep("add", "/description", "text"));

        await TestWorkspace.RefusalAsync(SendPatchAsync("iris:1", new PatchStep(op, path, value)), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Delete_UnusedModel_IsGone()
    {
        await _workspace.RegisterModelAsync("iris");

        Assert.True((await _workspace.Http.DeleteAsync("models/iris:1")).IsSuccessStatusCode);

        await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("models/iris:1"), 404, ErrorCodes.ModelNotFound);
    }

    [Fact]
    public async Task Manifest_OfAModel_ListsItsFiles()
    {
        await _workspace.RegisterModelAsync("iris");

        var manifest = await _workspace.GetAsync("models/iris:1/manifest", ContractsJson.Default.FileManifest);

        Assert.Equal(("model.bin", 5L), (manifest.Files.Single().Path, manifest.SizeBytes()));
    }

    private async Task<ModelDto> PatchAsync(string id, params PatchStep[] steps) =>
        await TestWorkspace.ReadAsync(await SendPatchAsync(id, steps), ContractsJson.Default.ModelDto);

    private Task<HttpResponseMessage> SendPatchAsync(string id, params PatchStep[] steps) => _workspace.PatchAsync("models/" + id, steps);
}
