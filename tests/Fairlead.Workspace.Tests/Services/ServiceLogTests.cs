using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class ServiceLogTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync()
    {
        _workspace = await TestWorkspace.StartAsync();
        _workspace.Compute.Logs.AddRange([new ReplicaLogLine("iris-1-a", "one"), new ReplicaLogLine("iris-1-b", "två")]);
    }

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Theory]
    [InlineData("", "iris-1-a one\niris-1-b två\n")]
    [InlineData("?lines=1", "iris-1-b två\n")]
    [InlineData("?replica=iris-1-a", "iris-1-a one\n")]
    public async Task Logs_AskedForAsText_AreLinesWithTheReplica(string query, string expected)
    {
        await _workspace.DeployScriptedAsync("iris");
        _workspace.Http.DefaultRequestHeaders.Accept.ParseAdd("text/plain");

        using var response = await _workspace.Http.GetAsync("services/iris/logs" + query);

        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("lines=-1")]
    [InlineData("lines=many")]
    [InlineData("follow=perhaps")]
    public async Task Logs_WrongQuery_Is400(string query)
    {
        await _workspace.DeployScriptedAsync("iris");

        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/iris/logs?" + query), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Logs_Followed_ComeAtOnceAndEndWithTheServer()
    {
        await _workspace.DeployScriptedAsync("iris");
        _workspace.Http.DefaultRequestHeaders.Accept.ParseAdd("text/plain");
        using var response = await _workspace.Http.GetAsync(
            "services/iris/logs?follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        var lines = new[] { await ReadAsync(reader), await ReadAsync(reader) };
        var data = _workspace.Data;
        var stopping = _workspace.StopServerAsync();
        var end = await ReadAsync(reader);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["iris-1-a one", "iris-1-b två"], lines);
        Assert.Null(end);
        _workspace = await TestWorkspace.StartAsync(data);
    }

    private static Task<string?> ReadAsync(StreamReader reader) => reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
}
