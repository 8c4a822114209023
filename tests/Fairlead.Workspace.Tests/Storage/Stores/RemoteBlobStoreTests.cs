using System.Net;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Storage.Remote;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Workspace.Tests.Storage.Stores;

/// <summary>What the stores that are elsewhere do besides, on real servers.</summary>
public abstract class RemoteBlobStoreTests : BlobStoreContract
{
    private BlobOptions _options = null!;

    private protected abstract Task<BlobOptions> OptionsAsync();

    private protected abstract BlobOptions Elsewhere(BlobOptions options);

    private protected override async Task<IBlobStore> OpenAsync()
    {
        _options = await OptionsAsync();
        return Again();
    }

    private protected override IBlobStore Again() => Open(_options);

    private static RemoteBlobStore Open(BlobOptions options) => new(
        RemoteStores.Open(options, TimeProvider.System), options, TimeProvider.System, NullLogger<RemoteBlobStore>.Instance);

    [Fact]
    public async Task Write_PartOfABlobThatTheStoreDoesNotTake_IsAnErrorAndNeverStored()
    {
        var content = new byte[20 << 20];
        var digest = DigestOf(content);
        var parts = new FailingParts(RemoteStores.Open(_options, TimeProvider.System));
        var store = new RemoteBlobStore(parts, _options, TimeProvider.System, NullLogger<RemoteBlobStore>.Instance);
        var range = new UploadRange(0, 9 << 20, content.Length);

        var refused = await Assert.ThrowsAsync<FairleadException>(
            () => store.WriteAsync(digest, range, new MemoryStream(content, 0, 9 << 20), default));

        Assert.Equal(ErrorCodes.StorageUnavailable, refused.Error.Code);
        parts.Fails = false;
        Assert.Equal(default, await store.FindAsync(digest, default));
        Assert.True((await WriteAsync(digest, content)).IsWhole);
    }

    [Fact]
    public async Task Link_OfABlob_IsReadableByAnyoneWithRangesAndNothingElseIs()
    {
        var content = "hello world"u8.ToArray();
        var digest = DigestOf(content);
        await WriteAsync(digest, content);
        using var http = new HttpClient();

        var link = (await Store.FindLinkAsync(digest, default))!;

        Assert.Equal("hello world", await http.GetStringAsync(link));
        using var rest = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new(6, null) } };
        using var part = await http.SendAsync(rest);
        Assert.Equal((HttpStatusCode.PartialContent, "world"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
        using var bare = await http.GetAsync(link.GetLeftPart(UriPartial.Path));
        Assert.False(bare.IsSuccessStatusCode);
        using var written = await http.PutAsync(link, new ByteArrayContent([1]));
        Assert.False(written.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Link_HasEnded_IsRefused()
    {
        var digest = DigestOf([1]);
        await WriteAsync(digest, [1]);
        var name = $"sha256/{digest[7..9]}/{digest[7..]}";
        var link = await RemoteStores.Open(_options, TimeProvider.System).LinkAsync(name, DateTimeOffset.UtcNow.AddSeconds(1), default);
        using var http = new HttpClient();

        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync(link);
                return answer.StatusCode == HttpStatusCode.Forbidden;
            },
            "the link to end");
    }

    [Fact]
    public async Task Link_OfWhatIsNotThere_IsBlobNotFound()
    {
        var refused = await Assert.ThrowsAsync<FairleadException>(() => Store.FindLinkAsync(DigestOf([9, 9]), default));

        Assert.Equal(ErrorCodes.BlobNotFound, refused.Error.Code);
    }

    [Fact]
    public async Task Prefix_OfTwoWorkspaces_KeepsThemApart()
    {
        var (one, two) = (Open(_options with { Prefix = "one/" }), Open(_options with { Prefix = "two/" }));
        var digest = DigestOf([1]);

        await one.WriteAsync(digest, new UploadRange(0, 1, 1), new MemoryStream([1]), default);

        Assert.Single(await one.ListAsync(default).ToListAsync());
        Assert.Empty(await two.ListAsync(default).ToListAsync());
        Assert.Null((await two.FindAsync(digest, default)).Size);
    }

    [Fact]
    public async Task Check_PlaceDoesNotExist_SaysToCreateIt()
    {
        await Open(_options).CheckAsync(default);

        var refused = await Assert.ThrowsAsync<FairleadException>(() => Open(Elsewhere(_options)).CheckAsync(default));

        Assert.Equal((ErrorCodes.StorageUnavailable, 503), (refused.Error.Code, refused.Error.StatusCode));
        Assert.Contains("first, or name another one.", refused.Message, StringComparison.Ordinal);
    }
}

/// <summary>Azure Blob Storage, with Azurite.</summary>
public sealed class AzureBlobStoreTests : RemoteBlobStoreTests
{
    private protected override Task<BlobOptions> OptionsAsync() => BlobServers.AzureAsync();

    private protected override BlobOptions Elsewhere(BlobOptions options) =>
        options with { Azure = options.Azure with { Container = "missing" } };
}

/// <summary>S3, with OpenStack Swift.</summary>
public sealed class S3BlobStoreTests : RemoteBlobStoreTests
{
    private protected override Task<BlobOptions> OptionsAsync() => BlobServers.S3Async();

    private protected override BlobOptions Elsewhere(BlobOptions options) => options with { S3 = options.S3 with { Bucket = "missing" } };

    [Fact]
    public async Task Check_WrongSecret_SaysWhatToCheck()
    {
        var options = await OptionsAsync();
        options = options with { S3 = options.S3 with { SecretAccessKey = "wrong-secret" } };
        var objects = RemoteStores.Open(options, TimeProvider.System);
        var store = new RemoteBlobStore(objects, options, TimeProvider.System, NullLogger<RemoteBlobStore>.Instance);

        var refused = await Assert.ThrowsAsync<FairleadException>(() => store.CheckAsync(default));

        Assert.Contains("Check AccessKeyId", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretFile_Changed_CountsForTheNextRequest()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(file, BlobServers.S3Secret + "\n");
        var options = await OptionsAsync();
        options = options with { S3 = options.S3 with { SecretAccessKey = null, SecretAccessKeyFile = file } };
        var objects = RemoteStores.Open(options, TimeProvider.System);
        await objects.CheckAsync(default);

        await File.WriteAllTextAsync(file, "another");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));

        await Assert.ThrowsAsync<Amazon.S3.AmazonS3Exception>(() => objects.CheckAsync(default));
    }
}
