using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// Content by digest. A folder, Azure Blob Storage and S3 are held to the same contract tests. Content is there when it is
/// whole and its digest has been verified, and never changes then.
/// </summary>
/// <remarks>May be used from any thread, and, where it is not a folder, by several workspaces at once.</remarks>
internal interface IBlobStore : IBlobSource
{
    /// <summary>Fails at the start, and not at the first upload, when it cannot be used as it is configured.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Whether the blob is there, and else how far an upload of it came.</summary>
    /// <exception cref="FairleadException">400: no digest; 503 <c>StorageUnavailable</c>, as from every other member.</exception>
    Task<BlobPresence> FindAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Takes bytes of a blob as they come; what arrived before a body breaks off stays for the next call.</summary>
    /// <exception cref="FairleadException">400 <c>DigestMismatch</c>: nothing of it is kept.</exception>
    Task<UploadResult> WriteAsync(string digest, UploadRange range, Stream body, CancellationToken cancellationToken);

    /// <summary>A URL that anyone may read the blob from until it ends; null when the store has none to give.</summary>
    Task<Uri?> FindLinkAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Every blob there is, in no order.</summary>
    IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes a blob; one that is not there is removed already.</summary>
    Task DeleteAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Drops what uploads that nobody went on with have left; returns how many.</summary>
    Task<int> DropAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>What a store has of a blob.</summary>
/// <param name="Size">Bytes of the whole blob; null when it is not there.</param>
/// <param name="Held">Bytes that an unfinished upload has left.</param>
internal readonly record struct BlobPresence(long? Size, long Held);

/// <summary>A blob of a listing.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Size">In bytes.</param>
/// <param name="StoredTime">When it became whole.</param>
internal sealed record StoredBlob(string Digest, long Size, DateTimeOffset StoredTime);
