namespace Fairlead.Contracts.Storage;

/// <summary>Where a compute target reads models and snapshots from, by digest.</summary>
public interface IBlobSource
{
    /// <summary>Opens a blob for reading from its start. Verified when it was stored.</summary>
    /// <exception cref="Errors.FairleadException"><c>BlobNotFound</c> when it is not there.</exception>
    Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken);

    /// <summary>
    /// The path of a blob that is a read-only file on this machine, so that it can be linked instead of copied;
    /// null when blobs live elsewhere.
    /// </summary>
    string? FindLocalPath(string digest);
}
