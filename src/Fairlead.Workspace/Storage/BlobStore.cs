using System.Buffers;
using System.Security.Cryptography;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// Contents as read-only files named by their digest. An upload grows a partial file beside them, so that it can be
/// resumed after a cut; it takes its final name only when its digest has been verified. Memory use is one buffer an
/// upload, whatever the size.
/// </summary>
internal sealed class BlobStore(IOptions<WorkspaceOptions> options) : IBlobSource
{
    private const int BufferBytes = 256 * 1024;
    private const int DiskFull = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    private readonly string _folder = Path.Combine(options.Value.DataDirectory, "blobs", "sha256");
    private readonly KeyedLock _uploads = new();
    private readonly string _partials = Path.Combine(options.Value.DataDirectory, "blobs", "partial");

    public bool Has(string digest) => File.Exists(PathOf(digest));

    public long? FindSize(string digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>How far an upload has come; 0 when there is none.</summary>
    public long UploadedBytes(string digest) =>
        new FileInfo(PartialOf(digest)) is { Exists: true } file ? file.Length : 0;

    public string? FindLocalPath(string digest) => Has(digest) ? PathOf(digest) : null;

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(
                PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, useAsync: true));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FairleadException(
                ErrorCodes.BlobNotFound, 404, $"There is no blob '{digest}'. Upload it with PUT /blobs/{digest}.", exception);
        }
    }

    /// <summary>Stores a small content that is in memory.</summary>
    public async Task<string> StoreAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(SHA256.HashData(content.Span));
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await AppendAsync(digest, 0, content.Length, stream, cancellationToken);
        return digest;
    }

    /// <summary>
    /// Takes in the bytes of a blob from <paramref name="offset"/> on.
    /// </summary>
    /// <param name="size">Size of the whole blob; null when it ends where the stream ends.</param>
    /// <returns>The bytes there are now, and whether the blob is whole.</returns>
    public async Task<(long Bytes, bool IsWhole)> AppendAsync(
        string digest, long offset, long? size, Stream content, CancellationToken cancellationToken)
    {
        // One upload of a content at a time: who comes second finds it whole, or goes on where the first one stopped.
        using var turn = await _uploads.AcquireAsync(digest, cancellationToken);
        if (FindSize(digest) is { } present)
        {
            return (present, true);
        }

        await using var upload = OpenPartial(digest);
        if (upload.Length != offset)
        {
            if (offset != 0)
            {
                throw new FairleadException(
                    ErrorCodes.UploadOffsetMismatch, 409,
                    $"The upload of '{digest}' is at {upload.Length} bytes, not at {offset}: send the rest from there.");
            }

            upload.SetLength(0);
        }

        upload.Seek(offset, SeekOrigin.Begin);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await CopyAsync(content, upload, offset == 0 ? hash : null, size, cancellationToken);
        }
        catch (IOException exception) when (IsDiskFull(exception))
        {
            throw new FairleadException(
                ErrorCodes.StorageFull, 507,
                $"The workspace's disk is full ({options.Value.DataDirectory}): free some space, then run the same command "
                + "again; the upload goes on where it stopped.",
                exception);
        }

        if (size is { } whole && upload.Length < whole)
        {
            return (upload.Length, false);
        }

        var actual = offset == 0 ? Digest.Of(hash.GetHashAndReset()) : await RehashAsync(upload, cancellationToken);
        if (actual != digest)
        {
            upload.Dispose();
            File.Delete(PartialOf(digest));
            throw new FairleadException(
                ErrorCodes.DigestMismatch, 400,
                $"The content that came has the digest '{actual}', not '{digest}': it changed on the way or while it was "
                + "read. The upload was dropped; start it again.");
        }

        upload.Flush(flushToDisk: true);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(digest))!);
        File.SetUnixFileMode(PartialOf(digest), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move(PartialOf(digest), PathOf(digest), overwrite: true);
        return (upload.Length, true);
    }

    /// <summary>Whether an error is the file system's "no space left".</summary>
    public static bool IsDiskFull(IOException exception) => (exception.HResult & 0xFFFF) is DiskFull or QuotaExceeded;

    private static async Task CopyAsync(
        Stream from, FileStream to, IncrementalHash? hash, long? size, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                if (size is { } whole && to.Position + read > whole)
                {
                    throw FairleadException.InvalidArgument("body", "longer", $"{whole} bytes in all, as Content-Range says");
                }

                hash?.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<string> RehashAsync(FileStream upload, CancellationToken cancellationToken)
    {
        upload.Seek(0, SeekOrigin.Begin);
        return Digest.Of(await SHA256.HashDataAsync(upload, cancellationToken));
    }

    private FileStream OpenPartial(string digest)
    {
        Directory.CreateDirectory(_partials);
        return new FileStream(
            PartialOf(digest), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1, useAsync: true);
    }

    private string PathOf(string digest) => Path.Combine(_folder, Digest.Hex(digest)[..2], Digest.Hex(digest));

    private string PartialOf(string digest) => Path.Combine(_partials, Digest.Hex(digest));
}
