using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// Content by digest in a folder: <c>blobs/sha256/ab/{hex}</c>, read-only files that never change once they have that
/// name, since they get it by rename after their digest was verified and their bytes are on the disk.
/// </summary>
/// <remarks>May be used from any thread; uploads of one digest take turns.</remarks>
internal sealed class BlobStore : IBlobSource
{
    private readonly string _whole;
    private readonly string _partial;
    private readonly KeyedLock _uploads = new();

    public BlobStore(IOptions<WorkspaceOptions> options)
    {
        var root = DataFolder.Ensure(Path.Combine(options.Value.DataDirectory, "blobs"));
        _whole = DataFolder.Ensure(Path.Combine(root, "sha256"));
        _partial = DataFolder.Ensure(Path.Combine(root, "partial"));
    }

    public string? FindLocalPath(string digest)
    {
        var path = PathOf(digest);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Size in bytes; null when the blob is not there.</summary>
    public long? FindSize(string digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    /// <summary>Bytes that an unfinished upload has left; 0 when there is none.</summary>
    public long PartialSize(string digest) =>
        new FileInfo(PartialPathOf(digest)) is { Exists: true } file ? file.Length : 0;

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<Stream>(new FileStream(
                PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotFound(digest);
        }
    }

    public async Task<UploadResult> WriteAsync(
        string digest, UploadRange range, Stream body, CancellationToken cancellationToken)
    {
        using var turn = await _uploads.AcquireAsync(digest, cancellationToken);
        if (FindSize(digest) is { } size)
        {
            return new UploadResult(IsWhole: true, size);
        }

        var held = PartialSize(digest);
        if (range.Offset > 0 && range.Offset != held)
        {
            return new UploadResult(IsWhole: false, held, IsMismatch: true);
        }

        var result = await new BlobUpload(PartialPathOf(digest), digest, range).RunAsync(body, cancellationToken);
        if (result.IsWhole)
        {
            Publish(digest);
        }

        return result;
    }

    /// <summary>Stores a small blob that is in memory.</summary>
    public async Task WriteAsync(string digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(content.ToArray(), writable: false);
        await WriteAsync(digest, new UploadRange(0, content.Length, content.Length), body, cancellationToken);
    }

    public static FairleadException NotFound(string digest, int statusCode = 404) => new(
        ErrorCodes.BlobNotFound, statusCode, $"There is no blob '{digest}'. Upload it with PUT /blobs/{digest}.");

    private void Publish(string digest)
    {
        var path = PathOf(digest);
        var folder = DataFolder.Ensure(Path.GetDirectoryName(path)!);
        var partial = PartialPathOf(digest);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                partial, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.Move(partial, path, overwrite: true);
        FolderSync.Flush(folder);
    }

    private string PathOf(string digest)
    {
        var hex = Hex(digest);
        return Path.Combine(_whole, hex[..2], hex);
    }

    private string PartialPathOf(string digest) => Path.Combine(_partial, Hex(digest));

    // Digests come from the network and become file names: only the one form may pass.
    private static string Hex(string digest) => Digest.IsValid(digest)
        ? Digest.Hex(digest)
        : throw FairleadException.InvalidArgument(
            "digest", digest, "'sha256:' and 64 lower-case hexadecimal digits");
}
