using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Assets;
using Fairlead.Workspace.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Models;

/// <summary><c>/models</c> (§6.2).</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Routes.Models).WithTags("Models");
        group.MapPost("", RegisterAsync).WithName("RegisterModel").WithSummary("Register the next version of a model");
        group.MapGet("", ListAsync).WithName("ListModels").WithSummary("List models");
        group.MapGet("/{id}", GetAsync).WithName("GetModel").WithSummary("Show a model, or the newest version of a name");
        group.MapGet("/{id}/manifest", ManifestAsync).WithName("GetModelManifest").WithSummary("The files of a model");
        group.MapPatch("/{id}", PatchAsync).WithName("UpdateModel").WithSummary("Change tags, description; add properties")
            .Accepts<IReadOnlyList<PatchStep>>("application/json-patch+json", "application/json");
        group.MapDelete("/{id}", DeleteAsync).WithName("DeleteModel").WithSummary("Delete a model that no service uses");
    }

    private static async Task<Ok<ModelDto>> RegisterAsync(
        CreateModelRequest request, ModelRegistry models, CancellationToken cancellationToken) =>
        TypedResults.Ok(ModelDtos.From(await models.RegisterAsync(request, cancellationToken)));

    private static async Task<Ok<Page<ModelDto>>> ListAsync(
        HttpRequest http, IDbContextFactory<WorkspaceDb> databases, CancellationToken cancellationToken,
        string? name = null, string? framework = null, string? description = null, string? runId = null,
        [FromQuery] string[]? tags = null, [FromQuery] string[]? properties = null,
        bool latest = false, int? count = null, [FromQuery(Name = "$skipToken")] string? skipToken = null,
        string? orderBy = null)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Models.AsNoTracking()
            .Where(row => (name == null || row.Name == name) && (runId == null || row.RunId == runId)
                && (description == null || row.Description == description))
            .ToListAsync(cancellationToken);
        var chosen = rows
            .Where(row => framework is null || string.Equals(row.Framework, framework, StringComparison.OrdinalIgnoreCase))
            .Where(row => Filters.Match(row.KvTags, tags) && Filters.Match(row.Properties, properties));
        if (latest)
        {
            chosen = chosen.GroupBy(row => row.Name).Select(versions => versions.MaxBy(row => row.Version)!);
        }

        return TypedResults.Ok(Paging.Page(Ordered(chosen, orderBy), http, count, skipToken, row => ModelNames.Id(row.Name, row.Version), ModelDtos.From));
    }

    private static async Task<Ok<ModelDto>> GetAsync(
        string id, ModelRegistry models, CancellationToken cancellationToken) =>
        TypedResults.Ok(ModelDtos.From(await models.GetAsync(id, cancellationToken)));

    private static async Task<Ok<FileManifest>> ManifestAsync(
        string id, ModelRegistry models, ManifestStore manifests, CancellationToken cancellationToken) =>
        TypedResults.Ok(await manifests.ReadAsync((await models.GetAsync(id, cancellationToken)).AssetId, cancellationToken));

    private static async Task<Ok<ModelDto>> PatchAsync(
        string id, [FromBody] IReadOnlyList<PatchStep> steps, ModelRegistry models, CancellationToken cancellationToken) =>
        TypedResults.Ok(ModelDtos.From(await models.PatchAsync(id, steps, cancellationToken)));

    private static async Task<Ok> DeleteAsync(string id, ModelRegistry models, CancellationToken cancellationToken)
    {
        await models.DeleteAsync(id, cancellationToken);
        return TypedResults.Ok();
    }

    private static List<ModelRow> Ordered(IEnumerable<ModelRow> rows, string? orderBy) => orderBy switch
    {
        null or "CreatedAtDesc" => [.. rows.OrderByDescending(row => row.CreatedTime).ThenByDescending(row => row.Version)],
        "CreatedAtAsc" => [.. rows.OrderBy(row => row.CreatedTime).ThenBy(row => row.Version)],
        "UpdatedAtDesc" => [.. rows.OrderByDescending(row => row.ModifiedTime).ThenByDescending(row => row.Version)],
        "UpdatedAtAsc" => [.. rows.OrderBy(row => row.ModifiedTime).ThenBy(row => row.Version)],
        _ => throw FairleadException.InvalidArgument(
            "orderBy", orderBy, "CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc"),
    };
}
