using Fairlead.Contracts.Api;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Services;

/// <summary><c>/services</c> (§6.2).</summary>
internal static class ServiceEndpoints
{
    private const string OperationLocation = "Operation-Location";

    public static void Map(RouteGroupBuilder workspace)
    {
        var services = workspace.MapGroup(Routes.Services).WithTags("services");
        services.MapPost("", CreateAsync).WithSummary("Deploys a service.");
        services.MapGet("", ListAsync).WithSummary("Lists services.");
        services.MapGet("/{name}", GetAsync).WithSummary("Shows a service as it is now.");
        services.MapPatch("/{name}", PatchAsync).WithSummary("Updates a service; what is not named stays.");
        services.MapDelete("/{name}", DeleteAsync).WithSummary("Deletes a service; requests in flight end first. With force=true a running create or update is cancelled.");
        services.MapPost("/{name}/listkeys", ListKeysAsync).WithSummary("Shows the two keys.");
        services.MapPost("/{name}/regenerateKeys", RegenerateAsync).WithSummary("Replaces a key.");
        services.MapGet("/{name}/logs", LogsEndpoint.WriteAsync)
            .WithSummary("The last lines of the replicas' logs, as JSON lines or as text.")
            .Produces<string>(StatusCodes.Status200OK, LogsEndpoint.JsonLines, LogsEndpoint.Text);
    }

    private static async Task<Accepted<ServiceDto>> CreateAsync(
        CreateServiceRequest request, HttpContext context, ServiceStore services, CancellationToken cancellationToken) =>
        Accept(context, await services.CreateAsync(request, cancellationToken));

    private static async Task<Accepted<ServiceDto>> PatchAsync(
        string name, IReadOnlyList<PatchStep> steps, HttpContext context, ServiceStore services, CancellationToken cancellationToken) =>
        Accept(context, await services.PatchAsync(name, steps, cancellationToken));

    private static async Task<Accepted> DeleteAsync(
        string name, HttpContext context, ServiceStore services, CancellationToken cancellationToken, bool force = false)
    {
        SetLocation(context, await services.DeleteAsync(name, force, cancellationToken));
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Ok<Page<ServiceDto>>> ListAsync(
        [AsParameters] ServiceFilter filter, HttpRequest request, WorkspaceDb db, ComputeTargets computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Paging.OfAsync(
            request, filter.ReadAsync(db, computes, cancellationToken), Paging.Count(filter.Count), cancellationToken));

    private static async Task<Ok<ServiceDto>> GetAsync(
        string name, WorkspaceDb db, ComputeTargets computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ServiceReader.ToDtoAsync(
            db, computes, await ServiceReader.GetRowAsync(db, name, cancellationToken), cancellationToken));

    private static async Task<Ok<AuthKeysDto>> ListKeysAsync(
        string name, WorkspaceDb db, ServiceKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(keys.Reveal(await ServiceReader.GetRowAsync(db, name, cancellationToken)));

    private static async Task<Ok<AuthKeysDto>> RegenerateAsync(
        string name, RegenerateKeyRequest request, KeyRotation rotation, CancellationToken cancellationToken) =>
        TypedResults.Ok(await rotation.RegenerateAsync(name, request, cancellationToken));

    private static Accepted<ServiceDto> Accept(HttpContext context, ServiceDto service)
    {
        SetLocation(context, service.OperationId!);
        return TypedResults.Accepted((string?)null, service);
    }

    internal static void SetLocation(HttpContext context, string operation)
    {
        var request = context.Request;
        context.Response.Headers[OperationLocation] =
            $"{request.Scheme}://{request.Host}{WorkspaceScope.BaseOf(request)}{Routes.Operations}/{operation}";
    }
}
