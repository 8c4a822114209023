using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Assets;

/// <summary>Sets of files: a manifest is itself a blob, and its digest the asset's id, so equal sets are one asset.</summary>
internal sealed class ManifestStore(BlobStore blobs, IDbContextFactory<WorkspaceDb> databases, TimeProvider time)
{
    private const int NamedMissing = 5;

    public async Task<AssetDto> CreateAsync(CreateAssetRequest request, CancellationToken cancellationToken)
    {
        var manifest = Normalise(request.Manifest);
        foreach (var file in manifest.Files)
        {
            Check(file);
        }

        var missing = manifest.Files.Where(file => !blobs.Has(file.Digest)).ToList();
        if (missing.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.BlobNotFound, 400,
                $"{missing.Count} of {manifest.Files.Count} files are not uploaded: "
                + string.Join(", ", missing.Take(NamedMissing).Select(file => $"'{file.Path}'"))
                + (missing.Count > NamedMissing ? " and others" : "") + ". Upload them with PUT /blobs/{digest} first.",
                [.. missing.Take(NamedMissing).Select(file => new ErrorDetail(ErrorCodes.BlobNotFound, file.Digest, file.Path))]));
        }

        foreach (var file in manifest.Files.Where(file => blobs.FindSize(file.Digest) != file.Size))
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.size", file.Size,
                $"{blobs.FindSize(file.Digest)}, the size of what was uploaded for '{file.Path}'");
        }

        var id = await blobs.StoreAsync(
            JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.FileManifest), cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = new AssetRow
        {
            Id = id,
            Name = request.Name,
            FileCount = manifest.Files.Count,
            SizeBytes = manifest.SizeBytes(),
            CreatedTime = time.GetUtcNow(),
        };
        if (!await db.Assets.AnyAsync(asset => asset.Id == id, cancellationToken))
        {
            db.Assets.Add(row);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException) when (Exists(id))
            {
                // Another request stored the same set at the same time.
            }
        }

        return ToDto(row);
    }

    public async Task<AssetRow> GetAsync(string id, CancellationToken cancellationToken)
    {
        // The digest may come without its prefix, which is awkward in a URL.
        var digest = id.StartsWith(Digest.Prefix, StringComparison.Ordinal) ? id : Digest.Prefix + id;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Assets.FindAsync([digest], cancellationToken)
            ?? throw new FairleadException(ErrorCodes.AssetNotFound, 404, $"There is no asset '{id}'.");
    }

    public async Task<FileManifest> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenReadAsync(id, cancellationToken);
        return (await JsonSerializer.DeserializeAsync(stream, ContractsJson.Default.FileManifest, cancellationToken))!;
    }

    /// <summary>The asset that a URL of a request refers to.</summary>
    public Task<AssetRow> ResolveAsync(string url, string field, CancellationToken cancellationToken) =>
        url.StartsWith(Routes.AssetUrlPrefix, StringComparison.Ordinal)
            ? GetAsync(url[Routes.AssetUrlPrefix.Length..], cancellationToken)
            : throw FairleadException.InvalidArgument(field, url, $"'{Routes.AssetUrlPrefix}' and the id of an asset");

    public static AssetDto ToDto(AssetRow row) =>
        new(row.Id, Routes.AssetUrlPrefix + row.Id, row.FileCount, row.SizeBytes);

    private bool Exists(string id)
    {
        using var db = databases.CreateDbContext();
        return db.Assets.Any(asset => asset.Id == id);
    }

    private static FileManifest Normalise(FileManifest? manifest)
    {
        if (manifest?.Files is null)
        {
            throw FairleadException.InvalidArgument("manifest.files", null, "a list of files");
        }

        var files = manifest.Files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        for (var i = 1; i < files.Count; i++)
        {
            if (files[i].Path == files[i - 1].Path)
            {
                throw FairleadException.InvalidArgument("manifest.files.path", files[i].Path, "there once");
            }
        }

        var folders = files.SelectMany(file => FoldersOf(file.Path ?? "")).ToHashSet(StringComparer.Ordinal);
        if (files.Find(file => folders.Contains(file.Path)) is { } both)
        {
            throw FairleadException.InvalidArgument("manifest.files.path", both.Path, "a file or a folder, not both");
        }

        return new FileManifest(files);
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    private static void Check(ManifestFile file)
    {
        if (string.IsNullOrEmpty(file.Path) || file.Path.StartsWith('/') || file.Path.Contains('\\', StringComparison.Ordinal)
            || file.Path.Contains('\0', StringComparison.Ordinal)
            || file.Path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.path", file.Path, "relative, with '/' between its parts and no '..'");
        }

        if (!Digest.IsValid(file.Digest))
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.digest", file.Digest, "'sha256:' and 64 lower-case hexadecimal digits");
        }
    }
}
