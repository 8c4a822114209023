using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Operations;

/// <summary><c>/operations/{id}</c> (§6.2).</summary>
internal static class OperationEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder routes) =>
        routes.MapGroup(Routes.Operations).WithTags("Operations")
            .MapGet("/{id}", GetAsync).WithName("GetOperation").WithSummary("How far a long operation is");

    private static async Task<Ok<OperationDto>> GetAsync(
        string id, HttpRequest request, IDbContextFactory<WorkspaceDb> databases, ComputeTargets computes,
        CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Operations.FindAsync([id], cancellationToken)
            ?? throw new FairleadException(ErrorCodes.OperationNotFound, 404, $"There is no operation '{id}'.");
        var service = await db.Services.FindAsync([row.Service], cancellationToken);
        return TypedResults.Ok(new OperationDto
        {
            Id = row.Id,
            OperationType = row.Kind == OperationKind.Delete ? "DeleteService" : "Service",
            State = row.State,
            CreatedTime = row.CreatedTime,
            EndTime = row.EndTime,
            Error = row.Error,
            ResourceLocation = ServiceUrls.Resource(request, row.Service),
            Activity = row.EndTime is null && service is not null ? Activity(computes, service, row.Kind) : null,
        });
    }

    private static string Activity(ComputeTargets computes, ServiceRow service, OperationKind kind) =>
        computes.Find(service.ComputeName)?.FindStatus(service.Name)?.Activity
        ?? (kind == OperationKind.Delete ? "Ending requests in flight and stopping replicas" : "Waiting for the compute target");
}
