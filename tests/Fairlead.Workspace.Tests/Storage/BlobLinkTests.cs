using System.Net;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Workspace.Tests.Storage;

public sealed class BlobLinkTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Read_FileOfTheSignedManifest_NeedsNoOtherToken()
    {
        var digest = await _workspace.UploadAsync("hello world"u8.ToArray());
        var asset = await _workspace.UploadAsync(Routes.Assets, ("a.txt", "hello world"));
        using var http = new HttpClient();
        var url = UrlOf(asset.Id, digest);

        Assert.Equal("hello world", await http.GetStringAsync(url));
        using var rest = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new(6, null) } };
        using var response = await http.SendAsync(rest);
        Assert.Equal((HttpStatusCode.PartialContent, "world"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Read_AnythingElse_IsRefused()
    {
        var (mine, other) = (await _workspace.UploadAsync("mine"u8.ToArray()), await _workspace.UploadAsync("other"u8.ToArray()));
        var asset = await _workspace.UploadAsync(Routes.Assets, ("a.txt", "mine"));
        var second = await _workspace.UploadAsync(Routes.Assets, ("b.txt", "other"));
        using var http = new HttpClient();
        var url = UrlOf(asset.Id, mine);

        await RefusedAsync(url.Split('?')[0], HttpStatusCode.Forbidden);
        await RefusedAsync(url[..^4] + "AAAA", HttpStatusCode.Forbidden);
        await RefusedAsync(url.Replace(asset.Id, second.Id, StringComparison.Ordinal).Replace(mine, other, StringComparison.Ordinal), HttpStatusCode.Forbidden);
        await RefusedAsync(url.Replace("/" + mine, "/" + other, StringComparison.Ordinal), HttpStatusCode.NotFound);

        async Task RefusedAsync(string address, HttpStatusCode status)
        {
            using var response = await http.GetAsync(address);
            Assert.Equal(status, response.StatusCode);
        }
    }

    private string UrlOf(string manifest, string digest) => new Uri(
        _workspace.Root,
        $"{Routes.Content}/{manifest}/{digest}?{Routes.ContentToken}={_workspace.Services.GetRequiredService<IBlobLinks>().Sign(manifest)}").AbsoluteUri;
}
