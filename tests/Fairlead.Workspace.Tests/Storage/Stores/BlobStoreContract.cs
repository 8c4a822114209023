using System.Security.Cryptography;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Tests.Storage.Stores;

/// <summary>What every blob store does.</summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    private const int Large = 21 << 20;

    /// <summary>Limits what may be made of it: no test needs two parts of 8 MiB to differ.</summary>
    private static readonly byte[] LargeContent = RandomNumberGenerator.GetBytes(Large);

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(300_000);

    private protected IBlobStore Store { get; private set; } = null!;

    private protected abstract Task<IBlobStore> OpenAsync();

    /// <summary>Another process on the same store.</summary>
    private protected abstract IBlobStore Again();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(8 << 20)]
    [InlineData((8 << 20) + 1)]
    [InlineData(Large)]
    public async Task Write_AnySize_IsReadBack(int size)
    {
        var content = LargeContent[..size];
        var digest = DigestOf(content);

        Assert.Null((await FindAsync(digest)).Size);
        Assert.True((await WriteAsync(digest, content)).IsWhole);

        Assert.Equal(new BlobPresence(size, 0), await FindAsync(digest));
        Assert.Equal(digest, DigestOf(await ReadAsync(digest)));
    }

    [Fact]
    public async Task Write_SizeUnknown_IsStored()
    {
        var digest = DigestOf(LargeContent);

        var result = await Store.WriteAsync(digest, new UploadRange(0, null, null), new Trickle(LargeContent), default);

        Assert.True(result.IsWhole);
        Assert.Equal(Large, (await FindAsync(digest)).Size);
        Assert.Equal(digest, DigestOf(await ReadAsync(digest)));
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(Large)]
    public async Task Write_OtherContent_IsRefusedAndNothingIsThere(int size)
    {
        var content = LargeContent[..size];
        var digest = DigestOf([.. content, 1]);

        var refused = await Assert.ThrowsAsync<FairleadException>(() => WriteAsync(digest, content));

        Assert.Equal(ErrorCodes.DigestMismatch, refused.Error.Code);
        Assert.Equal(default, await FindAsync(digest));
        await NotThereAsync(digest);
    }

    [Theory]
    [InlineData(Large, 100)]
    [InlineData(Large, 9 << 20)]
    [InlineData(Large, 16 << 20)]
    [InlineData(Large, (16 << 20) + 12_345)]
    [InlineData(300_000, 1000)]
    public async Task Write_BrokenOff_IsNotThereAndGoesOnInAnotherProcess(int size, int arrived)
    {
        var content = LargeContent[..size];
        var digest = DigestOf(content);
        await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync(
            digest, new UploadRange(0, size, size), new Trickle(content, breakAt: arrived), default));
        await NotThereAsync(digest);
        Assert.Equal(new BlobPresence(null, arrived), await Again().FindAsync(digest, default));

        var wrong = await Again().WriteAsync(digest, new UploadRange(arrived + 1, size, size), Stream.Null, default);
        Assert.Equal(new UploadResult(IsWhole: false, arrived, IsMismatch: true), wrong);
        var rest = await Again().WriteAsync(
            digest, new UploadRange(arrived, size, size), new MemoryStream(content, arrived, size - arrived), default);

        Assert.True(rest.IsWhole);
        Assert.Equal(digest, DigestOf(await ReadAsync(digest)));
    }

    [Fact]
    public async Task Write_InManyRanges_IsJoined()
    {
        var digest = DigestOf(LargeContent);
        const int step = 5_000_001;
        for (var at = 0; at < Large; at += step)
        {
            var end = Math.Min(at + step, Large);
            var result = await Again().WriteAsync(digest, new UploadRange(at, end, Large), new MemoryStream(LargeContent, at, end - at), default);
            Assert.Equal((end == Large, (long)end), (result.IsWhole, result.Offset));
        }

        Assert.Equal(digest, DigestOf(await ReadAsync(digest)));
    }

    [Fact]
    public async Task Write_GoesOnWithOtherContent_IsRefusedAndDropped()
    {
        var digest = DigestOf(LargeContent);
        await Store.WriteAsync(digest, new UploadRange(0, 10 << 20, Large), new MemoryStream(LargeContent, 0, 10 << 20), default);

        var refused = await Assert.ThrowsAsync<FairleadException>(() => Store.WriteAsync(
            digest, new UploadRange(10 << 20, Large, Large), new MemoryStream(new byte[Large - (10 << 20)]), default));

        Assert.Equal(ErrorCodes.DigestMismatch, refused.Error.Code);
        Assert.Equal(default, await FindAsync(digest));
    }

    [Fact]
    public async Task Write_BodyLongerThanItsRange_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<FairleadException>(() => Store.WriteAsync(
            DigestOf(_content), new UploadRange(0, 1000, _content.Length), new MemoryStream(_content), default));

        Assert.Equal(ErrorCodes.InvalidArgument, refused.Error.Code);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(Large)]
    public async Task Write_SameBlobInSeveralProcessesAtOnce_AllSucceed(int size)
    {
        var content = LargeContent[..size];
        var digest = DigestOf(content);
        IBlobStore[] stores = this is FolderBlobStoreTests ? [Store, Store, Store] : [Store, Again(), Again()];

        var results = await Task.WhenAll(stores.Select(
            store => store.WriteAsync(digest, new UploadRange(0, size, size), new Trickle(content), default)));

        Assert.All(results, result => Assert.True(result.IsWhole));
        Assert.Equal(digest, DigestOf(await ReadAsync(digest)));
    }

    [Fact]
    public async Task Write_ThatIsThere_ReadsTheBodyAndSucceeds()
    {
        var digest = DigestOf(_content);
        await WriteAsync(digest, _content);
        var body = new MemoryStream(_content);

        Assert.True((await Store.WriteAsync(digest, new UploadRange(0, _content.Length, _content.Length), body, default)).IsWhole);

        Assert.Equal(body.Length, body.Position);
    }

    [Fact]
    public async Task OpenRead_FromAnywhere_ReadsFromThere()
    {
        var digest = DigestOf(LargeContent);
        await WriteAsync(digest, LargeContent);
        await using var stream = await Store.OpenReadAsync(digest, default);
        var buffer = new byte[1000];

        foreach (var at in (int[])[Large - 1000, 0, 9_000_000])
        {
            stream.Position = at;
            await stream.ReadExactlyAsync(buffer);
            Assert.Equal(LargeContent[at..(at + 1000)], buffer);
        }

        stream.Seek(0, SeekOrigin.End);
        Assert.Equal((0, Large), (await stream.ReadAsync(buffer), stream.Length));
    }

    [Fact]
    public async Task List_AfterWritesAndADeletion_IsWhatIsThere()
    {
        var contents = Enumerable.Range(0, 5).Select(i => _content[..(1000 + i)]).ToList();
        foreach (var content in contents)
        {
            await WriteAsync(DigestOf(content), content);
        }

        await Store.WriteAsync(DigestOf(LargeContent), new UploadRange(0, 1000, Large), new MemoryStream(LargeContent, 0, 1000), default);
        await Store.DeleteAsync(DigestOf(contents[0]), default);
        await Store.DeleteAsync(DigestOf(contents[0]), default);

        var listed = await Store.ListAsync(default).ToListAsync();

        Assert.Equal(
            contents.Skip(1).Select(content => (DigestOf(content), (long)content.Length)).Order(),
            listed.Select(blob => (blob.Digest, blob.Size)).Order());
        Assert.All(listed, blob => Assert.InRange(blob.StoredTime, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5)));
        await NotThereAsync(DigestOf(contents[0]));
    }

    [Fact]
    public async Task DropAbandoned_OldOnesOnly_AreForgotten()
    {
        var digest = DigestOf(LargeContent);
        await Store.WriteAsync(digest, new UploadRange(0, 9 << 20, Large), new MemoryStream(LargeContent, 0, 9 << 20), default);

        Assert.Equal(0, await Store.DropAbandonedAsync(DateTimeOffset.UtcNow.AddHours(-1), default));
        Assert.Equal(9 << 20, (await FindAsync(digest)).Held);
        Assert.Equal(1, await Store.DropAbandonedAsync(DateTimeOffset.UtcNow.AddHours(1), default));

        Assert.Equal(default, await FindAsync(digest));
    }

    [Fact]
    public async Task Digest_NotOne_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<FairleadException>(() => Store.FindAsync("sha256:../x", default));

        Assert.Equal(ErrorCodes.InvalidArgument, refused.Error.Code);
    }

    private protected static string DigestOf(byte[] content) => Digest.Of(SHA256.HashData(content));

    private protected Task<UploadResult> WriteAsync(string digest, byte[] content) =>
        Store.WriteAsync(digest, new UploadRange(0, content.Length, content.Length), new MemoryStream(content), default);

    private Task<BlobPresence> FindAsync(string digest) => Store.FindAsync(digest, default);

    private async Task NotThereAsync(string digest)
    {
        Assert.Null((await FindAsync(digest)).Size);
        var thrown = await Assert.ThrowsAsync<FairleadException>(() => Store.OpenReadAsync(digest, default));
        Assert.Equal(ErrorCodes.BlobNotFound, thrown.Error.Code);
    }

    private async Task<byte[]> ReadAsync(string digest)
    {
        await using var stream = await Store.OpenReadAsync(digest, default);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    /// <summary>A body that comes in pieces, and may break off.</summary>
    private sealed class Trickle(byte[] content, int? breakAt = null) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = (breakAt ?? int.MaxValue) - (int)Position;
            return left <= 0
                ? throw new IOException("The connection broke.")
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, Math.Min(left, 70_001))], cancellationToken);
        }
    }
}
