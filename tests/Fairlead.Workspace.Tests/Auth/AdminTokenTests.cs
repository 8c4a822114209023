using System.Net.Http.Headers;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Auth;

public sealed class AdminTokenTests
{
    [Fact]
    public async Task Start_FirstTime_WritesTokenThatOnlyTheOwnerReads()
    {
        await using var workspace = await TestWorkspace.StartAsync();
        var file = Path.Combine(workspace.Data.Path, "admin-token");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.True((await File.ReadAllTextAsync(file)).Trim().Length >= 32);
    }

    [Fact]
    public async Task Start_Again_KeepsTheToken()
    {
        using var data = new TestFolder();
        await (await TestWorkspace.StartAsync(data)).StopAsync();
        var before = await File.ReadAllTextAsync(Path.Combine(data.Path, "admin-token"));

        await (await TestWorkspace.StartAsync(data)).StopAsync();

        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(data.Path, "admin-token")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic YTpi")]
    public async Task Request_WithoutTheToken_Is401(string? authorization)
    {
        await using var workspace = await TestWorkspace.StartAsync();
        workspace.Http.DefaultRequestHeaders.Authorization =
            authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);

        var problem = await TestWorkspace.RefusalAsync(
            workspace.Http.PostAsync("blobs/missing", null), 401, ErrorCodes.Unauthorized);

        Assert.Contains("admin-token", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WithoutTheToken_Answers()
    {
        await using var workspace = await TestWorkspace.StartAsync();
        using var anyone = new HttpClient();

        var answer = await anyone.GetStringAsync(new Uri(workspace.Root, "/healthz"));

        Assert.Contains("\"version\"", answer, StringComparison.Ordinal);
    }
}
