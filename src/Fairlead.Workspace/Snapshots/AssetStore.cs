using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Snapshots;

/// <summary>Sets of files, each a manifest stored as a blob and named by its digest.</summary>
internal sealed class AssetStore(IBlobStore blobs)
{
    // A manifest of 100,000 files is some 20 MB; what is larger is no manifest.
    private const long LargestManifest = 256L << 20;

    public async Task<AssetDto> CreateAsync(FileManifest given, CancellationToken cancellationToken)
    {
        var manifest = ManifestRules.Check(given);
        var stored = await blobs.FindAllAsync(manifest.Files.Select(file => file.Digest), cancellationToken);
        foreach (var file in manifest.Files)
        {
            CheckStored(file, stored[file.Digest]);
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.FileManifest);
        var digest = Digest.Of(SHA256.HashData(bytes));
        using var body = new MemoryStream(bytes, writable: false);
        await blobs.WriteAsync(digest, new UploadRange(0, bytes.Length, bytes.Length), body, cancellationToken);
        return Describe(digest, manifest);
    }

    /// <summary>The files behind <c>aml://asset/{id}</c>; the manifest is checked again, since any blob has a digest.</summary>
    /// <param name="field">What to name when there is no such asset.</param>
    /// <param name="url">The reference, or the digest alone.</param>
    public async Task<(AssetDto Asset, FileManifest Manifest)> ReadAsync(
        string field, string url, CancellationToken cancellationToken)
    {
        var id = url.StartsWith(Routes.AssetUrlPrefix, StringComparison.Ordinal) ? url[Routes.AssetUrlPrefix.Length..] : url;
        var digest = id.StartsWith(Digest.Prefix, StringComparison.Ordinal) ? id : Digest.Prefix + id;
        if (!Digest.IsValid(digest))
        {
            throw FairleadException.InvalidArgument(field, url, $"'{Routes.AssetUrlPrefix}' and the digest of a manifest");
        }

        if ((await blobs.FindAsync(digest, cancellationToken)).Size is not (> 0 and <= LargestManifest))
        {
            throw NotFound(field, url);
        }

        try
        {
            await using var stream = await blobs.OpenReadAsync(digest, cancellationToken);
            var manifest = await JsonSerializer.DeserializeAsync(
                stream, ContractsJson.Default.FileManifest, cancellationToken);
            return manifest is null
                ? throw NotFound(field, url)
                : (Describe(digest, manifest), ManifestRules.Check(manifest));
        }
        catch (JsonException)
        {
            throw NotFound(field, url);
        }
    }

    private static void CheckStored(ManifestFile file, BlobPresence stored)
    {
        if (stored.Size is not { } size)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.BlobNotFound,
                400,
                $"The content of '{file.Path}' ({file.Digest}) is not uploaded. Upload it with PUT /blobs/{file.Digest}.",
                [new ErrorDetail(ErrorCodes.BlobNotFound, $"'{file.Path}' is not uploaded", file.Digest)]));
        }

        if (size != file.Size)
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.size",
                file.Size,
                FormattableString.Invariant($"{size}, the size of the content of '{file.Path}'"));
        }
    }

    private static AssetDto Describe(string digest, FileManifest manifest) =>
        new(digest, Routes.AssetUrlPrefix + digest, manifest.Files.Count, manifest.SizeBytes());

    private static FairleadException NotFound(string field, string url) => new(new ErrorDocument(
        ErrorCodes.AssetNotFound,
        404,
        $"There is no asset '{url}'. Name one with POST /assets first.",
        [new ErrorDetail(ErrorCodes.AssetNotFound, "does not exist", field)]));
}
