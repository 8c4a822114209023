using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;

namespace Fairlead.Client.Blobs;

/// <summary>Writes the files of an asset into a folder, each verified before it gets its name.</summary>
internal sealed class AssetDownloader(BlobsClient blobs)
{
    private const int BufferBytes = 128 * 1024;

    public async Task<FileManifest> ReadManifestAsync(string assetUrl, CancellationToken cancellationToken)
    {
        var id = assetUrl.StartsWith(Routes.AssetUrlPrefix, StringComparison.Ordinal)
            ? assetUrl[Routes.AssetUrlPrefix.Length..]
            : assetUrl;
        var digest = Digest.IsValid(id) ? id : Digest.Prefix + id;
        using var response = await blobs.OpenAsync(digest, 0, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (Digest.Of(SHA256.HashData(bytes)) != digest)
        {
            throw Corrupt("the list of files", digest);
        }

        return JsonSerializer.Deserialize(bytes, ContractsJson.Default.FileManifest) ?? throw Corrupt("the list of files", digest);
    }

    public async Task<IReadOnlyList<string>> DownloadAsync(
        FileManifest manifest,
        string directory,
        bool overwrite,
        Action<TransferProgress>? progress,
        CancellationToken cancellationToken)
    {
        var targets = manifest.Files.ToDictionary(file => file, file => TargetOf(directory, file.Path));
        if (!overwrite && targets.Values.FirstOrDefault(Path.Exists) is { } existing)
        {
            throw new FairleadException(
                "FileExists", 409, $"'{existing}' exists already; give --overwrite to replace it, or another folder");
        }

        var meter = new TransferMeter(manifest.SizeBytes(), progress);
        meter.ToTransfer(manifest.SizeBytes());
        await Parallel.ForEachAsync(
            targets,
            new ParallelOptions { MaxDegreeOfParallelism = blobs.Parallelism, CancellationToken = cancellationToken },
            async (target, token) => await DownloadAsync(target.Key, target.Value, meter, token));
        return [.. targets.Values.Order(StringComparer.Ordinal)];
    }

    private async Task DownloadAsync(ManifestFile file, string target, TransferMeter meter, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            await FetchAsync(file, temporary, meter, cancellationToken);
            if (!OperatingSystem.IsWindows() && file.Executable)
            {
                File.SetUnixFileMode(
                    temporary,
                    File.GetUnixFileMode(temporary)
                    | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task FetchAsync(ManifestFile file, string path, TransferMeter meter, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var retry = blobs.NewRetryPause();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        long received = 0;
        try
        {
            await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            while (received < file.Size)
            {
                try
                {
                    using var response = await blobs.OpenAsync(file.Digest, received, cancellationToken);
                    if (received > 0 && response.StatusCode != HttpStatusCode.PartialContent)
                    {
                        throw new FairleadException(
                            "RangeIgnored", 502, "the server does not resume downloads; check what is between it and here");
                    }

                    await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                    for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
                    {
                        hash.AppendData(buffer, 0, read);
                        await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                        received += read;
                        meter.Transferred(read);
                        retry.Progressed();
                    }

                    if (received < file.Size)
                    {
                        await retry.WaitAsync(null, cancellationToken);
                    }
                }
                catch (Exception e) when (BlobsClient.IsTransient(e, cancellationToken))
                {
                    await retry.WaitAsync(e, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (received != file.Size || Digest.Of(hash.GetHashAndReset()) != file.Digest)
        {
            throw Corrupt(file.Path, file.Digest);
        }
    }

    // The manifest comes from a server: it must not be able to write outside the folder.
    private static string TargetOf(string directory, string path)
    {
        var root = Path.GetFullPath(directory);
        var target = Path.GetFullPath(Path.Combine(root, path));
        var inside = Path.GetRelativePath(root, target);
        return Path.IsPathRooted(path) || inside == ".." || inside == "." || inside.StartsWith("../", StringComparison.Ordinal)
            ? throw new FairleadException("UnsafePath", 502, $"the server names a file '{path}', which is outside '{root}'")
            : target;
    }

    private static FairleadException Corrupt(string what, string digest) => new(
        ErrorCodes.DigestMismatch, 502, $"{what} arrived damaged: its content is not {digest}; try again");
}
