using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary><c>/endpoints</c> (ours; what it does is §1.8). Keys, tokens and logs are at <c>/services</c>, under the endpoint's
/// name and those of its versions' services.</summary>
internal static class EndpointApi
{
    public static void Map(RouteGroupBuilder workspace)
    {
        var endpoints = workspace.MapGroup(Routes.Endpoints).WithTags("endpoints");
        endpoints.MapPost("", CreateAsync).WithSummary("Makes an endpoint and deploys its first version.");
        endpoints.MapGet("", ListAsync).WithSummary("Lists endpoints.");
        endpoints.MapGet("/{name}", GetAsync).WithSummary("Shows an endpoint and its versions as they are now.");
        endpoints.MapPatch("/{name}", PatchAsync).WithSummary("Updates what belongs to the endpoint itself.");
        endpoints.MapDelete("/{name}", DeleteAsync).WithSummary("Deletes an endpoint with all its versions; requests in flight end first.");
        endpoints.MapPost("/{name}/versions", CreateVersionAsync).WithSummary("Deploys another version.");
        endpoints.MapPatch("/{name}/versions/{version}", PatchVersionAsync).WithSummary("Updates a version, or its share of the requests.");
        endpoints.MapDelete("/{name}/versions/{version}", DeleteVersionAsync).WithSummary("Deletes a version that is not the default.");
    }

    private static async Task<Accepted<EndpointDto>> CreateAsync(
        CreateEndpointRequest request, HttpContext context, EndpointStore endpoints, CancellationToken cancellationToken) =>
        Accept(context, await endpoints.CreateAsync(request, cancellationToken));

    private static async Task<Accepted<EndpointDto>> PatchAsync(
        string name, IReadOnlyList<PatchStep> steps, HttpContext context, EndpointStore endpoints, CancellationToken cancellationToken) =>
        Accept(context, await endpoints.PatchAsync(name, steps, cancellationToken));

    private static async Task<Accepted> DeleteAsync(
        string name, HttpContext context, EndpointStore endpoints, CancellationToken cancellationToken, bool force = false)
    {
        OperationLocation.Set(context, await endpoints.DeleteAsync(name, force, cancellationToken));
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Accepted<EndpointDto>> CreateVersionAsync(
        string name, CreateVersionRequest request, HttpContext context, VersionStore versions, CancellationToken cancellationToken) =>
        Accept(context, await versions.CreateAsync(name, request, cancellationToken));

    private static async Task<Accepted<EndpointDto>> PatchVersionAsync(
        string name, string version, IReadOnlyList<PatchStep> steps, HttpContext context, VersionStore versions,
        CancellationToken cancellationToken) =>
        Accept(context, await versions.PatchAsync(name, version, steps, cancellationToken));

    private static async Task<Accepted> DeleteVersionAsync(
        string name, string version, HttpContext context, VersionStore versions, CancellationToken cancellationToken, bool force = false)
    {
        OperationLocation.Set(context, await versions.DeleteAsync(name, version, force, cancellationToken));
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Ok<EndpointDto>> GetAsync(
        string name, WorkspaceDb db, ComputeTargets computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await EndpointReader.ToDtoAsync(
            db, computes, await EndpointReader.GetRowAsync(db, name, cancellationToken), cancellationToken));

    // Endpoints are few: one page has them all.
    private static async Task<Ok<Page<EndpointDto>>> ListAsync(
        string? modelName, string? modelId, string? tags, string? properties, WorkspaceDb db, ComputeTargets computes,
        CancellationToken cancellationToken)
    {
        var (ofModel, version) = modelId is null ? (modelName, null) : ModelNames.ParseId(modelId);
        var rows = await EndpointReader.Rows(db.Services.AsNoTracking()).OrderBy(row => row.Name).ToListAsync(cancellationToken);
        var found = new List<EndpointDto>();
        foreach (var row in rows)
        {
            var endpoint = await EndpointReader.ToDtoAsync(db, computes, row, cancellationToken);
            var uses = ofModel is null || endpoint.Versions.Any(member => member.Service.Models.Any(
                model => model.Name == ofModel && (version is null || model.Version == version)));
            if (uses && Labels.Match(endpoint.KvTags, tags) && Labels.Match(endpoint.Properties, properties))
            {
                found.Add(endpoint);
            }
        }

        return TypedResults.Ok(new Page<EndpointDto>(found));
    }

    private static Accepted<EndpointDto> Accept(HttpContext context, (EndpointDto Endpoint, string Operation) started)
    {
        OperationLocation.Set(context, started.Operation);
        return TypedResults.Accepted((string?)null, started.Endpoint);
    }
}
