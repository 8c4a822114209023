using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Operations;

/// <summary><c>/operations/{id}</c>: AsyncOperationStatus of §6.2.</summary>
internal static class OperationEndpoint
{
    public static void Map(RouteGroupBuilder workspace) => workspace.MapGet(Routes.Operations + "/{id}", GetAsync)
        .WithTags("operations").WithSummary("Shows a long operation.");

    private static async Task<Ok<OperationDto>> GetAsync(
        string id, HttpRequest request, WorkspaceDb db, ComputeTargets computes, CancellationToken cancellationToken)
    {
        var row = await db.Operations.AsNoTracking().FirstOrDefaultAsync(operation => operation.Id == id, cancellationToken)
            ?? throw new FairleadException(ErrorCodes.OperationNotFound, 404, $"There is no operation '{id}'.");
        var attached = await db.Computes.AsNoTracking().FirstOrDefaultAsync(compute => compute.OperationId == id, cancellationToken);
        var isOfCompute = row.OperationType is OperationRow.AttachType or OperationRow.DetachType;
        var compute = await db.Services.Where(service => service.Name == row.ServiceName)
            .Select(service => service.ComputeName).FirstOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(new OperationDto
        {
            Id = row.Id,
            OperationType = row.OperationType,
            State = row.State,
            CreatedTime = row.CreatedTime,
            EndTime = row.EndTime,
            Error = row.ErrorJson is null ? null : Json.Read(row.ErrorJson, ContractsJson.Default.ErrorDocument),
            ResourceLocation = WorkspaceScope.BaseOf(request) + (isOfCompute ? "/" : Routes.Services + "/") + row.ServiceName,
            Activity = row.EndTime is not null ? null : isOfCompute ? attached?.Activity : compute is null ? null : ActivityOf(row, (await computes.FindAsync(compute, cancellationToken)).FindStatus(row.ServiceName)?.Activity),
        });
    }

    private static string? ActivityOf(OperationRow row, string? activity) =>
        activity ?? (row.OperationType == OperationRow.DeleteType ? "finishing requests, then stopping replicas" : null);
}
