using Fairlead.Contracts.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Snapshots;

/// <summary><c>/assets</c> and <c>/snapshots</c>: uploaded blobs named as a folder.</summary>
internal static class AssetEndpoints
{
    // Paths and digests of 100,000 files; Kestrel's own limit of 30 MB would be met at about that.
    private const long LargestRequest = 256L << 20;

    public static void Map(RouteGroupBuilder workspace)
    {
        workspace.MapPost(Routes.Assets, CreateAsync)
            .WithMetadata(new RequestSizeLimitAttribute(LargestRequest))
            .WithTags("assets").WithSummary("Names uploaded blobs as a folder.");
        workspace.MapGet(Routes.Assets + "/{id}", GetAsync).WithTags("assets").WithSummary("Shows an asset.");
        workspace.MapPost(Routes.Snapshots, CreateSnapshotAsync)
            .WithTags("snapshots").WithSummary("Names uploaded blobs as a source directory.");
    }

    private static async Task<Ok<AssetDto>> CreateAsync(
        CreateAssetRequest request, AssetStore assets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await assets.CreateAsync(request.Manifest, cancellationToken));

    private static async Task<Ok<AssetDto>> CreateSnapshotAsync(
        CreateAssetRequest request,
        AssetStore assets,
        IOptions<WorkspaceOptions> options,
        CancellationToken cancellationToken)
    {
        SnapshotLimits.Check(ManifestRules.Check(request.Manifest), request.Name, options.Value);
        return TypedResults.Ok(await assets.CreateAsync(request.Manifest, cancellationToken));
    }

    private static async Task<Ok<AssetDto>> GetAsync(string id, AssetStore assets, CancellationToken cancellationToken) =>
        TypedResults.Ok((await assets.ReadAsync("id", id, cancellationToken)).Asset);
}
