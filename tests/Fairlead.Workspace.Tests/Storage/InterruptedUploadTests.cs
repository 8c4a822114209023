using System.Net;
using System.Security.Cryptography;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Storage;

/// <summary>Uploads that an earlier process left.</summary>
public sealed class InterruptedUploadTests
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(100_000);
    private static readonly string ContentDigest = Digest.Of(SHA256.HashData(Content));

    [Fact]
    public async Task Missing_AllBytesHadComeBeforeTheEnd_IsWhole()
    {
        await using var workspace = await WithPartialAsync(Content);

        Assert.Empty((await MissingAsync(workspace)).Missing);

        Assert.Equal(Content, await workspace.Http.GetByteArrayAsync("blobs/" + ContentDigest));
    }

    [Fact]
    public async Task Missing_SomeBytesHadCome_GoesOnFromThere()
    {
        await using var workspace = await WithPartialAsync(Content[..40_000]);
        var missing = (await MissingAsync(workspace)).Missing.Single();
        using var rest = new ByteArrayContent(Content, 40_000, 60_000);
        rest.Headers.ContentRange = new(40_000, 99_999, 100_000);

        using var response = await workspace.Http.PutAsync("blobs/" + ContentDigest, rest);

        Assert.Equal(40_000, missing.Offset);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Put_RestThatMakesAnotherContent_IsDropped()
    {
        await using var workspace = await WithPartialAsync(new byte[40_000]);
        using var rest = new ByteArrayContent(Content, 40_000, 60_000);
        rest.Headers.ContentRange = new(40_000, 99_999, 100_000);

        using var response = await workspace.Http.PutAsync("blobs/" + ContentDigest, rest);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(new MissingBlob(ContentDigest, 0), (await MissingAsync(workspace)).Missing.Single());
    }

    [Theory]
    [InlineData("items 0-9/10")]
    [InlineData("bytes 0-9/*")]
    [InlineData("bytes */10")]
    public async Task Put_RangeThatSaysTooLittle_Is400(string range)
    {
        await using var workspace = await TestWorkspace.StartAsync();
        using var content = new ByteArrayContent(Content);
        content.Headers.TryAddWithoutValidation("Content-Range", range);

        using var response = await workspace.Http.PutAsync("blobs/" + ContentDigest, content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task<TestWorkspace> WithPartialAsync(byte[] bytes)
    {
        var data = new TestFolder();
        var partials = Directory.CreateDirectory(Path.Combine(data.Path, "blobs", "partial")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(partials, Digest.Hex(ContentDigest)), bytes);
        return await TestWorkspace.StartAsync(data);
    }

    private static Task<MissingBlobsResponse> MissingAsync(TestWorkspace workspace) => workspace.SendAsync(
        HttpMethod.Post, "blobs/missing", new MissingBlobsRequest([ContentDigest]),
        ContractsJson.Default.MissingBlobsRequest, ContractsJson.Default.MissingBlobsResponse);
}
