using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Snapshots;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Models;

/// <summary><c>/models</c> (§6.2).</summary>
internal static class ModelEndpoints
{
    public static void Map(RouteGroupBuilder workspace)
    {
        var models = workspace.MapGroup(Routes.Models).WithTags("models");
        models.MapPost("", RegisterAsync).WithSummary("Registers uploaded files as the name's next version.");
        models.MapGet("", ListAsync).WithSummary("Lists models.");
        models.MapGet("/{id}", GetAsync).WithSummary("Shows a model by name:version, or the newest by name.");
        models.MapPatch("/{id}", PatchAsync)
            .WithSummary("Changes tags, description or resource requirements; adds properties.");
        models.MapDelete("/{id}", DeleteAsync).WithSummary("Deletes a version that no service uses.");
        models.MapGet("/{id}/manifest", ManifestAsync).WithSummary("Lists a model's files with their digests.");
    }

    private static async Task<Ok<ModelDto>> RegisterAsync(
        CreateModelRequest request, ModelStore models, CancellationToken cancellationToken) =>
        TypedResults.Ok(await models.RegisterAsync(request, cancellationToken));

    private static async Task<Ok<Page<ModelDto>>> ListAsync(
        [AsParameters] ModelFilter filter, HttpRequest request, WorkspaceDb db, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Paging.OfAsync(
            request,
            filter.ReadAsync(db, cancellationToken),
            Paging.Count(filter.Count),
            cancellationToken));

    private static async Task<Ok<ModelDto>> GetAsync(string id, ModelStore models, CancellationToken cancellationToken) =>
        TypedResults.Ok((await models.GetAsync(id, cancellationToken)).ToDto());

    private static async Task<Ok<ModelDto>> PatchAsync(
        string id, IReadOnlyList<PatchStep> steps, ModelStore models, CancellationToken cancellationToken) =>
        TypedResults.Ok(await models.PatchAsync(id, steps, cancellationToken));

    private static async Task<Ok> DeleteAsync(string id, ModelStore models, CancellationToken cancellationToken)
    {
        await models.DeleteAsync(id, cancellationToken);
        return TypedResults.Ok();
    }

    private static async Task<Ok<FileManifest>> ManifestAsync(
        string id, ModelStore models, AssetStore assets, CancellationToken cancellationToken)
    {
        var model = await models.GetAsync(id, cancellationToken);
        var (_, manifest) = await assets.ReadAsync("id", model.Manifest, cancellationToken);
        return TypedResults.Ok(manifest);
    }
}
