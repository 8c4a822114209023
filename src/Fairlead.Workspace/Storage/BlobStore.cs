using System.Collections.Concurrent;
using System.Security.Cryptography;
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

    // Partial files of an earlier process, which may have ended between the last byte and the rename.
    private readonly ConcurrentDictionary<string, bool> _inherited;

    public BlobStore(IOptions<WorkspaceOptions> options)
    {
        var root = DataFolder.Ensure(Path.Combine(options.Value.DataDirectory, "blobs"));
        _whole = DataFolder.Ensure(Path.Combine(root, "sha256"));
        _partial = DataFolder.Ensure(Path.Combine(root, "partial"));
        _inherited = new(Directory.EnumerateFiles(_partial)
            .Select(path => KeyValuePair.Create(Digest.Prefix + Path.GetFileName(path), true)));
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

    /// <summary>
    /// Finishes an upload whose every byte had come when an earlier process ended: there is nothing left that a client
    /// could send. Costs one read of the file, once.
    /// </summary>
    public async Task FinishInheritedAsync(string digest, CancellationToken cancellationToken)
    {
        if (digest is null || !_inherited.ContainsKey(digest))
        {
            return;
        }

        using var turn = await _uploads.AcquireAsync(digest, cancellationToken);
        if (!_inherited.ContainsKey(digest) || FindSize(digest) is not null || PartialSize(digest) == 0)
        {
            return;
        }

        await using (var partial = new FileStream(
            PartialPathOf(digest), FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 0, useAsync: true))
        {
            if (Digest.Of(await SHA256.HashDataAsync(partial, cancellationToken)) == digest)
            {
                partial.Flush(flushToDisk: true);
                Publish(digest);
            }
        }

        _inherited.TryRemove(digest, out _);
    }

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
            // Read to its end: a client that still sends would take an early answer for a broken connection.
            await body.CopyToAsync(Stream.Null, cancellationToken);
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
