using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Tests.Storage.Stores;

/// <summary>The workspace over HTTP, with contents in a store elsewhere.</summary>
public sealed class RemoteEndpointTests
{
    [Theory]
    [InlineData("azure")]
    [InlineData("s3")]
    public async Task Get_WithLinks_SendsTheCallerToTheStore(string store)
    {
        await using var workspace = await StartAsync(await OptionsAsync(store));
        var digest = await workspace.UploadAsync("hello world"u8.ToArray());
        var asset = await workspace.UploadAsync(Routes.Assets, ("a.txt", "hello world"));
        var signed = new Uri(
            workspace.Root,
            $"{Routes.Content}/{asset.Id}/{digest}?{Routes.ContentToken}={workspace.Services.GetRequiredService<IBlobLinks>().Sign(asset.Id)}");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var sent = await http.GetAsync(signed);
        using var part = await new HttpClient().SendAsync(new HttpRequestMessage(HttpMethod.Get, signed) { Headers = { Range = new(6, null) } });
        using var head = await workspace.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "blobs/" + digest));

        Assert.Equal((HttpStatusCode.TemporaryRedirect, true), (sent.StatusCode, sent.Headers.CacheControl!.NoStore));
        Assert.NotEqual(workspace.Root.Port, sent.Headers.Location!.Port);
        Assert.Equal("hello world", await http.GetStringAsync(sent.Headers.Location));
        Assert.Equal((HttpStatusCode.PartialContent, "world"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        Assert.Equal("hello world", await workspace.Http.GetStringAsync("blobs/" + digest));
        Assert.Equal((HttpStatusCode.OK, 11L), (head.StatusCode, head.Content.Headers.ContentLength));
        await workspace.DeployScriptedAsync("iris");
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("s3")]
    public async Task Get_WithoutLinks_ReadsThroughTheWorkspace(string store)
    {
        await using var workspace = await StartAsync(await OptionsAsync(store) with { Links = false });
        var content = RandomNumberGenerator.GetBytes(300_000);
        var digest = await workspace.UploadAsync(content);
        using var request = new HttpRequestMessage(HttpMethod.Get, "blobs/" + digest) { Headers = { Range = new(299_990, null) } };

        using var part = await workspace.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.PartialContent, workspace.Root.Port), (part.StatusCode, part.RequestMessage!.RequestUri!.Port));
        Assert.Equal(content[^10..], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(content, await workspace.Http.GetByteArrayAsync("blobs/" + digest));
        await TestWorkspace.RefusalAsync(
            workspace.Http.GetAsync("blobs/sha256:" + new string('0', 64)), 404, ErrorCodes.BlobNotFound);
    }

    [Fact]
    public async Task Put_InTwoRanges_IsJoined()
    {
        await using var workspace = await StartAsync(await BlobServers.AzureAsync());
        var content = RandomNumberGenerator.GetBytes(300_000);
        var digest = Digest.Of(SHA256.HashData(content));

        using var first = await PutAsync(0, 100_000);
        using var second = await PutAsync(100_000, content.Length);

        Assert.Equal((HttpStatusCode.Accepted, "100000"), (first.StatusCode, first.Headers.GetValues("Upload-Offset").Single()));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(content, await workspace.Http.GetByteArrayAsync("blobs/" + digest));

        async Task<HttpResponseMessage> PutAsync(int from, int to)
        {
            var body = new ByteArrayContent(content, from, to - from);
            body.Headers.ContentRange = new ContentRangeHeaderValue(from, to - 1, content.Length);
            return await workspace.Http.PutAsync("blobs/" + digest, body);
        }
    }

    [Fact]
    public async Task Start_StoreDoesNotAnswer_SaysSo()
    {
        var options = new BlobOptions { S3 = { Bucket = "x", Endpoint = "http://127.0.0.1:1", AccessKeyId = "a", SecretAccessKey = "hidden" } };

        var refused = await Assert.ThrowsAsync<FairleadException>(() => StartAsync(options));

        Assert.Equal(ErrorCodes.StorageUnavailable, refused.Error.Code);
        Assert.StartsWith("The workspace's blob store, bucket 'x', cannot be used: ", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> WrongOptions => new()
    {
        { "Azure:ConnectionString=hidden", "'Workspace:Blobs:Azure:ConnectionString' is not of the form" },
        { "Azure:ConnectionStringFile=/nowhere", "'Workspace:Blobs:Azure:ConnectionStringFile' is '/nowhere', which does not exist" },
        { "Azure:ContainerUrl=http://a.blob.core.windows.net/c", "'Workspace:Blobs:Azure:ContainerUrl' is 'http://a" },
        { "Azure:ContainerUrl=https://a.blob.core.windows.net/c S3:Bucket=b", "are both given; contents are in one place" },
        { "S3:Endpoint=http://minio:9000", "'Workspace:Blobs:S3:Bucket' is missing" },
        { "S3:Bucket=b S3:AccessKeyId=a", "belong together; give both, or none" },
        { "S3:Bucket=b S3:Endpoint=minio", "'Workspace:Blobs:S3:Endpoint' is 'minio'" },
        { "Prefix=/a", "'Workspace:Blobs:Prefix' is '/a'" },
        { "LinkLifetime=00:00:01", "LinkLifetime" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task Options_Wrong_AreRefusedAtTheStart(string settings, string expected)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorkspace.StartAsync(configure: options =>
        {
            foreach (var setting in settings.Split(' '))
            {
                Set(options.Blobs, setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            }
        }));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    private static void Set(object options, string path, string value)
    {
        var names = path.Split(':');
        foreach (var name in names[..^1])
        {
            options = options.GetType().GetProperty(name)!.GetValue(options)!;
        }

        var property = options.GetType().GetProperty(names[^1])!;
        property.SetValue(options, property.PropertyType == typeof(TimeSpan) ? TimeSpan.Parse(value, null) : value);
    }

    private static Task<BlobOptions> OptionsAsync(string store) => store == "azure" ? BlobServers.AzureAsync() : BlobServers.S3Async();

    private static Task<TestWorkspace> StartAsync(BlobOptions blobs) => TestWorkspace.StartAsync(configure: options => options.Blobs = blobs);
}
