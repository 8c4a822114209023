using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Computes;

/// <summary><c>/computes</c> (§1.9).</summary>
internal static class ComputeEndpoints
{
    private const string Detach = "Detach";
    private const string Delete = "Delete";

    public static void Map(RouteGroupBuilder workspace)
    {
        var computes = workspace.MapGroup(Routes.Computes).WithTags("computes");
        computes.MapGet("", ListAsync).WithSummary("Lists compute targets.");
        computes.MapPost("", AttachAsync).WithSummary("Attaches a cluster, or upgrades it in place.");
        computes.MapGet("/{name}", GetAsync).WithSummary("Shows a compute target.");
        computes.MapPatch("/{name}", UpdateAsync).WithSummary("Changes how a cluster is attached; what is not named stays.");
        computes.MapDelete("/{name}", DeleteAsync).WithSummary("Detaches a cluster: removes every object that its attachment made. With force=true it is only forgotten.");
        computes.MapGet("/{name}/objects", ObjectsAsync).WithSummary("Lists what a detachment removes.");
        computes.MapPost("/{name}/check", CheckAsync).WithSummary("Checks everything that the cluster needs.");
        computes.MapPost("/{name}/listKeys", KeysAsync).WithSummary("Shows the kubeconfig.");
    }

    private static async Task<Ok<Page<ComputeDto>>> ListAsync(ComputeStore computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<ComputeDto>(await computes.ListAsync(cancellationToken)));

    private static async Task<Ok<ComputeDto>> GetAsync(string name, ComputeStore computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await computes.GetAsync(name, cancellationToken));

    private static async Task<Accepted<ComputeDto>> AttachAsync(
        AttachComputeRequest request, HttpContext context, ComputeStore computes, CancellationToken cancellationToken) =>
        Accept(context, await computes.AttachAsync(
            request, $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}", cancellationToken));

    private static async Task<Accepted<ComputeDto>> UpdateAsync(
        string name, UpdateComputeRequest request, HttpContext context, ComputeStore computes, CancellationToken cancellationToken) =>
        Accept(context, await computes.UpdateAsync(name, request, cancellationToken));

    private static async Task<Results<Accepted, NoContent>> DeleteAsync(
        string name, HttpContext context, ComputeStore computes, CancellationToken cancellationToken,
        string? underlyingResourceAction = null, bool force = false)
    {
        if (!string.Equals(underlyingResourceAction, Detach, StringComparison.OrdinalIgnoreCase))
        {
            var row = await computes.GetRowAsync(name, cancellationToken);
            throw underlyingResourceAction is null || string.Equals(underlyingResourceAction, Delete, StringComparison.OrdinalIgnoreCase)
                ? ComputeErrors.NotCreatedHere(row.Name)
                : FairleadException.InvalidArgument("underlyingResourceAction", underlyingResourceAction, "Detach");
        }

        if (await computes.DetachAsync(name, force, cancellationToken) is not { } operation)
        {
            return TypedResults.NoContent();
        }

        OperationLocation.Set(context, operation);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Ok<ComputeObjectsDto>> ObjectsAsync(string name, ComputeStore computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ComputeObjectsDto(await computes.ListObjectsAsync(name, cancellationToken)));

    private static async Task<Ok<PreflightReport>> CheckAsync(
        string name, PreflightOptions options, ComputeStore computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await computes.CheckAsync(name, options, cancellationToken));

    private static async Task<Ok<ComputeKeysDto>> KeysAsync(string name, ComputeStore computes, CancellationToken cancellationToken) =>
        TypedResults.Ok(await computes.RevealAsync(name, cancellationToken));

    private static Accepted<ComputeDto> Accept(HttpContext context, ComputeDto compute)
    {
        OperationLocation.Set(context, compute.OperationId!);
        return TypedResults.Accepted((string?)null, compute);
    }
}
