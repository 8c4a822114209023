using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Fairlead.Contracts.Storage;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// Content by digest in a folder: <c>blobs/sha256/ab/{hex}</c>, read-only files that never change once they have that
/// name, since they get it by rename after their digest was verified and their bytes are on the disk.
/// </summary>
/// <remarks>May be used from any thread; uploads of one digest take turns.</remarks>
internal sealed class FolderBlobStore : IBlobStore
{
    private readonly string _whole;
    private readonly string _partial;
    private readonly KeyedLock _uploads = new();

    // Partial files of an earlier process, which may have ended between the last byte and the rename.
    private readonly ConcurrentDictionary<string, bool> _inherited;

    public FolderBlobStore(IOptions<WorkspaceOptions> options)
    {
        var root = DataFolder.Ensure(Path.Combine(options.Value.DataDirectory, "blobs"));
        _whole = DataFolder.Ensure(Path.Combine(root, "sha256"));
        _partial = DataFolder.Ensure(Path.Combine(root, "partial"));
        _inherited = new(Directory.EnumerateFiles(_partial)
            .Select(path => KeyValuePair.Create(Digest.Prefix + Path.GetFileName(path), true)));
    }

    /// <summary>The constructor made its folders.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public string? FindLocalPath(string digest)
    {
        var path = PathOf(digest);
        return File.Exists(path) ? path : null;
    }

    public async Task<BlobPresence> FindAsync(string digest, CancellationToken cancellationToken)
    {
        await FinishInheritedAsync(digest, cancellationToken);
        return FindSize(digest) is { } size ? new BlobPresence(size, 0) : new BlobPresence(null, PartialSize(digest));
    }

    private long? FindSize(string digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : null;

    private long PartialSize(string digest) =>
        new FileInfo(PartialPathOf(digest)) is { Exists: true } file ? file.Length : 0;

    // An upload whose every byte had come when an earlier process ended: there is nothing left that a client could send.
    // Costs one read of the file, once.
    private async Task FinishInheritedAsync(string digest, CancellationToken cancellationToken)
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
            throw BlobErrors.NotFound(digest);
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

        var result = await new FolderUpload(PartialPathOf(digest), digest, range).RunAsync(body, cancellationToken);
        if (result.IsWhole)
        {
            Publish(digest);
        }

        return result;
    }

    /// <summary>Links are for stores of their own address; these files are read through the workspace.</summary>
    public Task<Uri?> FindLinkAsync(string digest, CancellationToken cancellationToken) => Task.FromResult<Uri?>(null);

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in new DirectoryInfo(_whole).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Digest.IsValid(Digest.Prefix + file.Name))
            {
                yield return new StoredBlob(Digest.Prefix + file.Name, file.Length, file.LastWriteTimeUtc);
            }
        }

        await Task.CompletedTask;
    }

    public async Task DeleteAsync(string digest, CancellationToken cancellationToken)
    {
        using var turn = await _uploads.AcquireAsync(digest, cancellationToken);
        if (FindSize(digest) is not null)
        {
            File.Delete(PathOf(digest));
        }
    }

    public async Task<int> DropAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        foreach (var path in Directory.EnumerateFiles(_partial))
        {
            using var turn = await _uploads.AcquireAsync(Digest.Prefix + Path.GetFileName(path), cancellationToken);
            if (File.Exists(path) && File.GetLastWriteTimeUtc(path) < before)
            {
                File.Delete(path);
                dropped++;
            }
        }

        return dropped;
    }

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
        var hex = BlobErrors.Hex(digest);
        return Path.Combine(_whole, hex[..2], hex);
    }

    private string PartialPathOf(string digest) => Path.Combine(_partial, BlobErrors.Hex(digest));
}
