using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary><c>/services</c> (§6.2).</summary>
internal static class ServiceEndpoints
{
    private const int MaxLogLines = 1_000_000;

    public static void MapServices(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Routes.Services).WithTags("Services");
        group.MapPost("", CreateAsync).WithName("CreateService").WithSummary("Deploy a service").Produces<ServiceDto>(202);
        group.MapGet("", ListAsync).WithName("ListServices").WithSummary("List services");
        group.MapGet("/{name}", GetAsync).WithName("GetService").WithSummary("Show a service");
        group.MapPatch("/{name}", PatchAsync).WithName("UpdateService").WithSummary("Change a service").Produces<ServiceDto>(202)
            .Accepts<IReadOnlyList<PatchStep>>("application/json-patch+json", "application/json");
        group.MapDelete("/{name}", DeleteAsync).WithName("DeleteService").WithSummary("Drain and delete a service").Produces(202);
        group.MapPost("/{name}/listkeys", KeysAsync).WithName("ListServiceKeys").WithSummary("The two keys");
        group.MapPost("/{name}/regenerateKeys", RegenerateAsync).WithName("RegenerateServiceKey").WithSummary("Replace a key");
        group.MapGet("/{name}/logs", LogsAsync).WithName("GetServiceLogs").WithSummary("Logs of its replicas, as lines")
            .Produces<string>(200, "text/plain");
    }

    private static async Task<IResult> CreateAsync(
        CreateServiceRequest request, ServiceRegistry services, ServiceReader reader, HttpContext context,
        CancellationToken cancellationToken) =>
        await AcceptedAsync(await services.CreateAsync(request, cancellationToken), reader, context, cancellationToken);

    private static async Task<IResult> PatchAsync(
        string name, [FromBody] IReadOnlyList<PatchStep> steps, ServiceRegistry services, ServiceReader reader, HttpContext context,
        CancellationToken cancellationToken) =>
        await AcceptedAsync(await services.PatchAsync(name, steps, cancellationToken), reader, context, cancellationToken);

    private static async Task<IResult> DeleteAsync(
        string name, ServiceRegistry services, HttpContext context, CancellationToken cancellationToken)
    {
        var operation = await services.DeleteAsync(name, cancellationToken);
        context.Response.Headers["Operation-Location"] = ServiceUrls.Operation(context.Request, operation.Id);
        return TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<Ok<ServiceDto>> GetAsync(
        string name, ServiceRegistry services, ServiceReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ReadAsync(await services.GetAsync(name, cancellationToken), cancellationToken));

    private static async Task<Ok<Page<ServiceDto>>> ListAsync(
        HttpRequest http, IDbContextFactory<WorkspaceDb> databases, ServiceReader reader, CancellationToken cancellationToken,
        string? name = null, string? computeType = null, string? modelName = null, string? modelId = null,
        [FromQuery] string[]? tags = null, [FromQuery] string[]? properties = null,
        int? count = null, [FromQuery(Name = "$skipToken")] string? skipToken = null, string? orderby = null)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = (await db.Services.AsNoTracking().ToListAsync(cancellationToken))
            .Where(row => name is null || row.Name == name)
            .Where(row => computeType is null || string.Equals(row.ComputeType, computeType, StringComparison.OrdinalIgnoreCase))
            .Where(row => modelName is null || row.Spec.Models.Any(model => model.Name == modelName))
            .Where(row => modelId is null || row.Spec.Models.Any(
                model => Contracts.Models.ModelNames.Id(model.Name, model.Version) == modelId))
            .Where(row => Filters.Match(row.KvTags, tags) && Filters.Match(row.Properties, properties));
        var ordered = Ordered(rows, orderby);
        var all = await reader.ReadAsync(ordered, cancellationToken);
        return TypedResults.Ok(Paging.Page(all, http, count, skipToken, dto => dto.Name, dto => dto));
    }

    private static async Task<Ok<AuthKeysDto>> KeysAsync(
        string name, ServiceRegistry services, CancellationToken cancellationToken) =>
        TypedResults.Ok(services.Reveal(await services.GetAsync(name, cancellationToken)));

    private static async Task<Ok<AuthKeysDto>> RegenerateAsync(
        string name, RegenerateKeyRequest request, ServiceRegistry services, CancellationToken cancellationToken) =>
        TypedResults.Ok(await services.RegenerateKeyAsync(name, request, cancellationToken));

    private static async Task LogsAsync(
        string name, ServiceRegistry services, ComputeTargets computes, HttpContext context,
        CancellationToken cancellationToken, int lines = 5000, bool follow = false, bool init = false, string? replica = null)
    {
        if (lines is < 1 or > MaxLogLines)
        {
            throw FairleadException.InvalidArgument("lines", lines, $"from 1 to {MaxLogLines}");
        }

        var row = await services.GetAsync(name, cancellationToken);
        var compute = computes.Get(row.ComputeName);
        var several = replica is null && compute.FindStatus(name)?.DesiredReplicas > 1;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.StartAsync(cancellationToken);
        var query = new LogQuery(lines, follow, init, replica);
        await foreach (var line in compute.ReadLogsAsync(name, query, cancellationToken))
        {
            var text = several ? $"{line.Replica} | {line.Text}\n" : line.Text + "\n";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
            if (follow)
            {
                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
    }

    private static async Task<IResult> AcceptedAsync(
        ServiceRow row, ServiceReader reader, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers["Operation-Location"] = ServiceUrls.Operation(context.Request, row.OperationId);
        return TypedResults.Json(
            await reader.ReadAsync(row, cancellationToken), ContractsJson.Default.ServiceDto,
            statusCode: StatusCodes.Status202Accepted);
    }

    private static List<ServiceRow> Ordered(IEnumerable<ServiceRow> rows, string? orderBy) => orderBy switch
    {
        null => [.. rows.OrderBy(row => row.Name, StringComparer.Ordinal)],
        "CreatedAtDesc" => [.. rows.OrderByDescending(row => row.CreatedTime)],
        "CreatedAtAsc" => [.. rows.OrderBy(row => row.CreatedTime)],
        "UpdatedAtDesc" => [.. rows.OrderByDescending(row => row.UpdatedTime)],
        "UpdatedAtAsc" => [.. rows.OrderBy(row => row.UpdatedTime)],
        _ => throw FairleadException.InvalidArgument(
            "orderby", orderBy, "CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc"),
    };
}
