using System.Runtime.CompilerServices;
using Fairlead.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>
/// Content by digest in Azure Blob Storage or S3: <c>sha256/ab/{hex}</c>, and <c>partial/{hex}</c> for what broken uploads
/// have left. All state is in the store, so that several workspaces share it.
/// </summary>
internal sealed partial class RemoteBlobStore(
    IObjectStore objects, BlobOptions options, TimeProvider time, ILogger<RemoteBlobStore> logger) : IBlobStore
{
    private const string Whole = "sha256/";
    private const string Partial = "partial/";

    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(30);

    private readonly KeyedLock _uploads = new();

    /// <summary>Blobs are elsewhere.</summary>
    public string? FindLocalPath(string digest) => null;

    public Task CheckAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await objects.CheckAsync(cancellationToken);
        return true;
    });

    public Task<BlobPresence> FindAsync(string digest, CancellationToken cancellationToken) => GuardAsync(async () =>
        await objects.FindSizeAsync(NameOf(digest), cancellationToken) is { } size
            ? new BlobPresence(size, 0)
            : new BlobPresence(null, (await FindPartialAsync(digest, cancellationToken))?.Bytes ?? 0));

    public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) => GuardAsync<Stream>(async () =>
    {
        var name = NameOf(digest);
        var size = await objects.FindSizeAsync(name, cancellationToken) ?? throw BlobErrors.NotFound(digest);
        return new RangedStream(
            (offset, cancelled) => GuardAsync(async () => await objects.OpenAsync(name, offset, cancelled) ?? throw BlobErrors.NotFound(digest)), size);
    });

    public Task<UploadResult> WriteAsync(string digest, UploadRange range, Stream body, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var name = NameOf(digest);
            using var turn = await _uploads.AcquireAsync(digest, cancellationToken);
            if (await objects.FindSizeAsync(name, cancellationToken) is { } size)
            {
                // Read to its end: a client that still sends would take an early answer for a broken connection.
                await body.CopyToAsync(Stream.Null, cancellationToken);
                return new UploadResult(IsWhole: true, size);
            }

            var held = range.Offset > 0 ? await FindPartialAsync(digest, cancellationToken) : null;
            if (range.Offset > 0 && range.Offset != (held?.Bytes ?? 0))
            {
                return new UploadResult(IsWhole: false, held?.Bytes ?? 0, IsMismatch: true);
            }

            return await RunAsync(name, digest, range, held, body, cancellationToken);
        });

    public Task<Uri?> FindLinkAsync(string digest, CancellationToken cancellationToken) => GuardAsync<Uri?>(async () =>
    {
        if (!options.Links)
        {
            return null;
        }

        var name = NameOf(digest);
        return await objects.FindSizeAsync(name, cancellationToken) is null
            ? throw BlobErrors.NotFound(digest)
            : await objects.LinkAsync(name, time.GetUtcNow() + options.LinkLifetime, cancellationToken);
    });

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in objects.ListAsync(options.Prefix + Whole, cancellationToken))
        {
            var digest = Digest.Prefix + found.Name[(found.Name.LastIndexOf('/') + 1)..];
            if (Digest.IsValid(digest))
            {
                yield return new StoredBlob(digest, found.Size, found.Modified);
            }
        }
    }

    public Task DeleteAsync(string digest, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await objects.DeleteAsync(NameOf(digest), cancellationToken);
        return true;
    });

    public Task<int> DropAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var dropped = 0;
        await foreach (var left in objects.ListAsync(options.Prefix + Partial, cancellationToken))
        {
            if (left.Modified < before)
            {
                await objects.DeleteAsync(left.Name, cancellationToken);
                dropped++;
            }
        }

        await objects.AbortAbandonedAsync(options.Prefix + Whole, before, cancellationToken);
        return dropped;
    });

    private async Task<UploadResult> RunAsync(
        string name, string digest, UploadRange range, PartialUpload? held, Stream body, CancellationToken cancellationToken)
    {
        var partial = PartialNameOf(digest);
        if (held is not null)
        {
            // Taken: whatever happens now, nobody else goes on with the same parts.
            await objects.DeleteAsync(partial, cancellationToken);
        }

        using var upload = new RemoteUpload(objects, name, digest, range);
        PartialUpload? left;
        try
        {
            left = await upload.RunAsync(held, body, cancellationToken);
        }
        catch (Exception exception)
        {
            await LeaveAsync(upload, partial, exception);
            throw;
        }

        if (left is null)
        {
            return new UploadResult(IsWhole: true, range.Total ?? 0);
        }

        await objects.PutAsync(partial, left.Write(), cancellationToken);
        return new UploadResult(IsWhole: false, left.Bytes);
    }

    // The client is gone or the store fails: what can be kept is, but the first error is the one that counts.
    private async Task LeaveAsync(RemoteUpload upload, string partial, Exception cause)
    {
        try
        {
            using var limit = new CancellationTokenSource(LeaveLimit, time);
            if (await upload.LeaveAsync() is { Bytes: > 0 } left)
            {
                await objects.PutAsync(partial, left.Write(), limit.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException || objects.Describe(exception) is not null)
        {
            LogNotKept(partial, exception.Message, cause.Message);
        }
    }

    private async Task<PartialUpload?> FindPartialAsync(string digest, CancellationToken cancellationToken)
    {
        if (await objects.OpenAsync(PartialNameOf(digest), 0, cancellationToken) is not { } stream)
        {
            return null;
        }

        await using (stream)
        {
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, cancellationToken);
            return PartialUpload.Read(memory.ToArray());
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (objects.Describe(exception) is { } described)
        {
            throw described;
        }
    }

    private string NameOf(string digest)
    {
        var hex = BlobErrors.Hex(digest);
        return $"{options.Prefix}{Whole}{hex[..2]}/{hex}";
    }

    private string PartialNameOf(string digest) => options.Prefix + Partial + BlobErrors.Hex(digest);

    [LoggerMessage(LogLevel.Warning, "What came of {Partial} could not be kept ({Reason}) after: {Cause}")]
    private partial void LogNotKept(string partial, string reason, string cause);
}
