using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;

namespace Fairlead.Client.Blobs;

/// <summary>Hashes files, some at a time, through one buffer each.</summary>
internal static class FileHasher
{
    private const int BufferBytes = 1 << 20;

    public static async Task<FileManifest> HashAsync(
        IReadOnlyList<LocalFile> files, int parallelism, TransferMeter meter, CancellationToken cancellationToken)
    {
        var hashed = new ConcurrentBag<ManifestFile>();
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (file, token) => hashed.Add(await HashAsync(file, meter, token)));
        return new FileManifest([.. hashed.OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    private static async Task<ManifestFile> HashAsync(LocalFile file, TransferMeter meter, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Size, 4096, BufferBytes));
        try
        {
            await using var content = new FileStream(
                file.FullPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
            long size = 0;
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                size += read;
                meter.Hashed(read);
            }

            // The size that was hashed, not the one listed: a log that grows meanwhile still has one true digest.
            return new ManifestFile(file.Path, size, Digest.Of(hash.GetHashAndReset()), file.Executable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
