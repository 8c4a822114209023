using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Assets;

/// <summary><c>/assets</c> and <c>/snapshots</c>: sets of uploaded files.</summary>
internal static class AssetEndpoints
{
    private const int NamedLargest = 5;

    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        var assets = routes.MapGroup(Routes.Assets).WithTags("Assets");
        assets.MapPost("", CreateAsync).WithName("CreateAsset").WithSummary("Name a set of uploaded files");
        assets.MapGet("", ListAsync).WithName("ListAssets").WithSummary("List assets, newest first");
        assets.MapGet("/{id}", GetAsync).WithName("GetAsset").WithSummary("Show an asset");
        assets.MapGet("/{id}/manifest", ManifestAsync).WithName("GetAssetManifest").WithSummary("The files of an asset");

        var snapshots = routes.MapGroup(Routes.Snapshots).WithTags("Snapshots");
        snapshots.MapPost("", CreateSnapshotAsync).WithName("CreateSnapshot").WithSummary("Name the files of a source directory");
        snapshots.MapGet("/{id}", GetAsync).WithName("GetSnapshot").WithSummary("Show a snapshot");
        snapshots.MapGet("/{id}/manifest", ManifestAsync).WithName("GetSnapshotManifest").WithSummary("The files of a snapshot");
    }

    private static async Task<Ok<AssetDto>> CreateAsync(
        CreateAssetRequest request, ManifestStore manifests, CancellationToken cancellationToken) =>
        TypedResults.Ok(await manifests.CreateAsync(request, cancellationToken));

    private static async Task<Ok<AssetDto>> CreateSnapshotAsync(
        CreateAssetRequest request, ManifestStore manifests, IOptions<WorkspaceOptions> options,
        CancellationToken cancellationToken)
    {
        CheckLimits(request.Manifest, options.Value);
        return TypedResults.Ok(await manifests.CreateAsync(request, cancellationToken));
    }

    private static async Task<Ok<Page<AssetDto>>> ListAsync(
        IDbContextFactory<WorkspaceDb> databases, CancellationToken cancellationToken, string? name = null, int count = 100)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Assets.Where(row => name == null || row.Name == name)
            .OrderByDescending(row => row.CreatedTime).Take(Math.Clamp(count, 1, 1000)).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AssetDto>([.. rows.Select(ManifestStore.ToDto)]));
    }

    private static async Task<Ok<AssetDto>> GetAsync(
        string id, ManifestStore manifests, CancellationToken cancellationToken) =>
        TypedResults.Ok(ManifestStore.ToDto(await manifests.GetAsync(id, cancellationToken)));

    private static async Task<Ok<FileManifest>> ManifestAsync(
        string id, ManifestStore manifests, CancellationToken cancellationToken) =>
        TypedResults.Ok(await manifests.ReadAsync((await manifests.GetAsync(id, cancellationToken)).Id, cancellationToken));

    private static void CheckLimits(FileManifest? manifest, WorkspaceOptions limits)
    {
        var size = manifest?.Files?.Sum(file => file.Size) ?? 0;
        var count = manifest?.Files?.Count ?? 0;
        if (size <= limits.SnapshotMaxBytes && count <= limits.SnapshotMaxFiles)
        {
            return;
        }

        var largest = manifest!.Files.OrderByDescending(file => file.Size).Take(NamedLargest).ToList();
        throw new FairleadException(new ErrorDocument(
            ErrorCodes.SnapshotTooLarge, 400,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The snapshot has {count} files and {Mb(size):0.0} MB, but at most {limits.SnapshotMaxFiles} files and ")
            + string.Create(CultureInfo.InvariantCulture, $"{Mb(limits.SnapshotMaxBytes):0.0} MB are allowed. The largest are ")
            + string.Join(", ", largest.Select(file =>
                string.Create(CultureInfo.InvariantCulture, $"'{file.Path}' ({Mb(file.Size):0.0} MB)")))
            + ". Leave files out with an .amlignore file, or register large ones as a model.",
            [.. largest.Select(file => new ErrorDetail(
                ErrorCodes.SnapshotTooLarge, string.Create(CultureInfo.InvariantCulture, $"{file.Size} bytes"), file.Path))]));
    }

    private static double Mb(long bytes) => bytes / (double)(1 << 20);
}
