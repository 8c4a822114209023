using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Workspace.Tests.Storage;

public sealed class BlobEndpointTests : IAsyncLifetime
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string ContentDigest = Digest.Of(SHA256.HashData(Content));

    private TestWorkspace _workspace = null!;

    private IBlobSource Source => _workspace.Services.GetRequiredService<IBlobSource>();

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Put_WholeBlob_IsStoredReadOnlyUnderItsDigest()
    {
        await _workspace.UploadAsync(Content);

        var hex = Digest.Hex(ContentDigest);
        var path = Path.Combine(_workspace.Data.Path, "blobs", "sha256", hex[..2], hex);
        Assert.Equal(path, Source.FindLocalPath(ContentDigest));
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        Assert.Empty((await MissingAsync(ContentDigest)).Missing);
    }

    [Fact]
    public async Task Put_Above30Megabytes_IsTaken()
    {
        var large = new byte[40 << 20];

        Assert.Equal(large.Length, new FileInfo(Source.FindLocalPath(await _workspace.UploadAsync(large))!).Length);
    }

    [Fact]
    public async Task Put_InTwoRanges_IsJoined()
    {
        using var first = await PutRangeAsync(0, 100_000);
        Assert.Equal((HttpStatusCode.Accepted, "100000"), (first.StatusCode, first.Headers.GetValues("Upload-Offset").Single()));
        Assert.Equal(new MissingBlob(ContentDigest, 100_000), (await MissingAsync(ContentDigest)).Missing.Single());

        using var second = await PutRangeAsync(100_000, Content.Length);

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(Content, await _workspace.Http.GetByteArrayAsync("blobs/" + ContentDigest));
    }

    [Fact]
    public async Task Put_AtAnotherOffset_Is409WithTheRightOne()
    {
        using var first = await PutRangeAsync(0, 1000);

        using var response = await PutRangeAsync(2000, Content.Length);

        Assert.Equal("1000", response.Headers.GetValues("Upload-Offset").Single());
        await TestWorkspace.RefusalAsync(PutRangeAsync(2000, Content.Length), 409, ErrorCodes.UploadOffsetMismatch);
    }

    [Fact]
    public async Task Put_FromTheStartAgain_Replaces()
    {
        using var first = await PutRangeAsync(0, 1000);

        await _workspace.UploadAsync(Content);

        Assert.Equal(Content, await _workspace.Http.GetByteArrayAsync("blobs/" + ContentDigest));
    }

    [Fact]
    public async Task Put_ConnectionBreaks_KeepsWhatArrived()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(_workspace.Root.Host, _workspace.Root.Port);
            var head = $"PUT {Routes.Base()}/blobs/{ContentDigest} HTTP/1.1\r\nHost: x\r\nContent-Length: {Content.Length}\r\n"
                + $"Authorization: {_workspace.Http.DefaultRequestHeaders.Authorization}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await client.GetStream().WriteAsync(Content.AsMemory(0, 150_000));
            await Eventually.TrueAsync(
                async () => (await MissingAsync(ContentDigest)).Missing.Single().Offset == 150_000, "the bytes to arrive");
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var rest = await PutRangeAsync(150_000, Content.Length);
                return rest.StatusCode == HttpStatusCode.Created;
            },
            "the rest to be taken");
        Assert.Equal(Content, await _workspace.Http.GetByteArrayAsync("blobs/" + ContentDigest));
    }

    [Fact]
    public async Task Put_OtherContent_Is400AndDropped()
    {
        await TestWorkspace.RefusalAsync(
            _workspace.Http.PutAsync("blobs/" + ContentDigest, new ByteArrayContent([1, 2, 3])), 400, ErrorCodes.DigestMismatch);

        Assert.Equal(new MissingBlob(ContentDigest, 0), (await MissingAsync(ContentDigest)).Missing.Single());
    }

    [Fact]
    public async Task Put_SameBlobAtTheSameTime_AllSucceed()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _workspace.UploadAsync(Content)));

        Assert.Equal(Content, await _workspace.Http.GetByteArrayAsync("blobs/" + ContentDigest));
    }

    [Theory]
    [InlineData("sha256:..%2F..%2Fadmin-token")]
    [InlineData("sha256:ABC")]
    [InlineData("x")]
    public async Task Digest_NotOne_Is400(string digest)
    {
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("blobs/" + digest), 400, ErrorCodes.InvalidArgument);
        await TestWorkspace.RefusalAsync(
            _workspace.Http.PutAsync("blobs/" + digest, new ByteArrayContent([1])), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Get_Unknown_IsBlobNotFound()
    {
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("blobs/" + ContentDigest), 404, ErrorCodes.BlobNotFound);
        var thrown = await Assert.ThrowsAsync<FairleadException>(() => Source.OpenReadAsync(ContentDigest, CancellationToken.None));
        Assert.Equal(ErrorCodes.BlobNotFound, thrown.Error.Code);
    }

    [Fact]
    public async Task Get_Range_IsThatPart()
    {
        await _workspace.UploadAsync(Content);
        using var request = new HttpRequestMessage(HttpMethod.Get, "blobs/" + ContentDigest);
        request.Headers.Range = new RangeHeaderValue(299_990, null);

        using var response = await _workspace.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(Content[^10..], await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<HttpResponseMessage> PutRangeAsync(int from, int to)
    {
        var content = new ByteArrayContent(Content, from, to - from);
        content.Headers.ContentRange = new ContentRangeHeaderValue(from, to - 1, Content.Length);
        return await _workspace.Http.PutAsync("blobs/" + ContentDigest, content);
    }

    private Task<MissingBlobsResponse> MissingAsync(string digest) => _workspace.SendAsync(
        HttpMethod.Post,
        "blobs/missing",
        new MissingBlobsRequest([digest]),
        ContractsJson.Default.MissingBlobsRequest,
        ContractsJson.Default.MissingBlobsResponse);
}
