using System.Net;
using System.Security.Cryptography;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Storage;

/// <summary>Alone, since memory is the process's.</summary>
[CollectionDefinition(nameof(LargeBlobTests), DisableParallelization = true)]
[Collection(nameof(LargeBlobTests))]
public sealed class LargeBlobTests
{
    private const long Size = 320L << 20;
    private const long MostAllocated = 48L << 20;

    [Fact]
    public async Task UploadAndDownload_OfALargeBlob_TakeFlatMemory()
    {
        await using var workspace = await TestWorkspace.StartAsync();
        workspace.Http.Timeout = TimeSpan.FromMinutes(2);
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await new Pattern(Size).CopyToAsync(new HashStream(expected));
        var digest = Digest.Of(expected.GetHashAndReset());
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var workingSetBefore = Environment.WorkingSet;

        using var upload = await workspace.Http.PutAsync(
            "blobs/" + digest, new StreamContent(new Pattern(Size), 128 * 1024));
        using var download = await workspace.Http.GetAsync("blobs/" + digest, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await download.Content.ReadAsStreamAsync();
        using var actual = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await body.CopyToAsync(new HashStream(actual));

        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        var grown = Environment.WorkingSet - workingSetBefore;
        Assert.Equal(HttpStatusCode.Created, upload.StatusCode);
        Assert.Equal(digest, Digest.Of(actual.GetHashAndReset()));
        Assert.True(allocated < MostAllocated, $"{allocated:N0} bytes were allocated for {Size:N0} bytes.");
        Assert.True(grown < MostAllocated * 2, $"The working set grew by {grown:N0} bytes for {Size:N0} bytes.");
    }

    /// <summary>Bytes that are made when they are read.</summary>
    private sealed class Pattern(long size) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, size - _at);
            buffer[..count].Fill((byte)(_at >> 16));
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class HashStream(IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            hash.AppendData(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
