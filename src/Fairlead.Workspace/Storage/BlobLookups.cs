using System.Collections.Concurrent;

namespace Fairlead.Workspace.Storage;

/// <summary>Looks many blobs up at once.</summary>
internal static class BlobLookups
{
    /// <summary>At a time: each may be a request to a store elsewhere.</summary>
    private const int AtOnce = 16;

    /// <summary>What the store has of each.</summary>
    public static async Task<IReadOnlyDictionary<string, BlobPresence>> FindAllAsync(
        this IBlobStore store, IEnumerable<string> digests, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<string, BlobPresence>();
        await Parallel.ForEachAsync(
            digests.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (digest, cancelled) => found[digest] = await store.FindAsync(digest, cancelled));
        return found;
    }
}
