using System.Net.Http.Headers;
using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Errors;

public sealed class ProblemTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Request_OfAnotherWorkspace_IsWorkspaceNotFound()
    {
        var url = _workspace.Root + Routes.Base(workspace: "other")[1..] + "/blobs/x";

        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.GetAsync(url), 404, ErrorCodes.WorkspaceNotFound);

        Assert.Contains("'other'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WorkspaceIdsInOtherCase_AreTheSameWorkspace()
    {
        var url = _workspace.Root + Routes.Base(resourceGroup: "FAIRLEAD", workspace: "Default")[1..] + "/blobs/missing";

        using var response = await _workspace.Http.PostAsync(url, Json("""{"digests": []}"""));

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_NotJson_Is400()
    {
        await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("blobs/missing", Json("{\"digests\": [")), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Body_FieldOfAnotherType_NamesTheField()
    {
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("assets", Json("""{"manifest": {"files": [{"path": "a", "size": "big", "digest": ""}]}}""")),
            400,
            ErrorCodes.InvalidArgument);

        Assert.Equal("manifest.files[0].size", problem.Details[0].Target);
    }

    [Fact]
    public async Task Body_MissingField_NamesTheField()
    {
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("assets", Json("""{"name": "x"}""")), 400, ErrorCodes.InvalidArgument);

        Assert.Contains("manifest", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_Absent_Is400()
    {
        await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("assets", Json("")), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Body_OfAnotherMediaType_Is415()
    {
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("assets", new StringContent("a=b", Encoding.UTF8, new MediaTypeHeaderValue("text/plain"))),
            415,
            ErrorCodes.InvalidArgument);

        Assert.Contains("application/json", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_Unknown_Is404() =>
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("nothing"), 404, ErrorCodes.InvalidArgument);

    [Fact]
    public async Task Method_NotTaken_Is405()
    {
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("assets"), 405, ErrorCodes.InvalidArgument);

        Assert.Contains("DELETE", problem.Message, StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
