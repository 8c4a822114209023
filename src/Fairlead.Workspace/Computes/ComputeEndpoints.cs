using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Computes;

/// <summary><c>/computes</c>: where services can run.</summary>
internal static class ComputeEndpoints
{
    public static void MapComputes(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Routes.Computes).WithTags("Computes");
        group.MapGet("", List).WithName("ListComputes").WithSummary("List compute targets");
        group.MapGet("/{name}", Get).WithName("GetCompute").WithSummary("Show a compute target");
    }

    private static Ok<Page<ComputeDto>> List(ComputeTargets computes) => TypedResults.Ok(new Page<ComputeDto>(computes.List()));

    private static Ok<ComputeDto> Get(string name, ComputeTargets computes) =>
        TypedResults.Ok(computes.List().FirstOrDefault(compute => compute.Name == name)
            ?? throw new FairleadException(ErrorCodes.ComputeNotFound, 404, $"There is no compute target '{name}'."));
}
