using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Environments;

/// <summary><c>/environments</c>: see <see cref="EnvironmentDto"/>.</summary>
internal static class EnvironmentEndpoints
{
    public static void MapEnvironments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Routes.Environments).WithTags("Environments");
        group.MapPut("/{name}", RegisterAsync).WithName("RegisterEnvironment").WithSummary("Register an environment");
        group.MapGet("", ListAsync).WithName("ListEnvironments").WithSummary("The newest version of each environment");
        group.MapGet("/{name}", GetAsync).WithName("GetEnvironment").WithSummary("Show the newest version");
        group.MapGet("/{name}/versions", VersionsAsync).WithName("ListEnvironmentVersions").WithSummary("All versions, newest first");
        group.MapGet("/{name}/versions/{version}", GetVersionAsync).WithName("GetEnvironmentVersion").WithSummary("Show a version");
    }

    private static async Task<Ok<EnvironmentDto>> RegisterAsync(
        string name, EnvironmentDefinition definition, EnvironmentRegistry environments, CancellationToken cancellationToken) =>
        TypedResults.Ok(ToDto(await environments.RegisterAsync(name, definition, cancellationToken)));

    private static async Task<Ok<Page<EnvironmentDto>>> ListAsync(
        HttpRequest http, IDbContextFactory<WorkspaceDb> databases, CancellationToken cancellationToken,
        int? count = null, [FromQuery(Name = "$skipToken")] string? skipToken = null)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var newest = (await db.Environments.AsNoTracking().ToListAsync(cancellationToken))
            .GroupBy(row => row.Name).Select(versions => versions.MaxBy(row => row.Version)!)
            .OrderBy(row => row.Name, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(Paging.Page(newest, http, count, skipToken, row => row.Name, ToDto));
    }

    private static async Task<Ok<EnvironmentDto>> GetAsync(
        string name, EnvironmentRegistry environments, CancellationToken cancellationToken) =>
        TypedResults.Ok(ToDto(await environments.GetAsync(name, null, cancellationToken)));

    private static async Task<Ok<Page<EnvironmentDto>>> VersionsAsync(
        string name, HttpRequest http, IDbContextFactory<WorkspaceDb> databases, EnvironmentRegistry environments,
        CancellationToken cancellationToken, int? count = null, [FromQuery(Name = "$skipToken")] string? skipToken = null)
    {
        await environments.GetAsync(name, null, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Environments.AsNoTracking().Where(row => row.Name == name)
            .OrderByDescending(row => row.Version).ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Page(
            rows, http, count, skipToken, row => row.Version.ToString(CultureInfo.InvariantCulture), ToDto));
    }

    private static async Task<Ok<EnvironmentDto>> GetVersionAsync(
        string name, string version, EnvironmentRegistry environments, CancellationToken cancellationToken) =>
        TypedResults.Ok(ToDto(await environments.GetAsync(name, version, cancellationToken)));

    private static EnvironmentDto ToDto(EnvironmentRow row) => new(
        row.Name, row.Version.ToString(CultureInfo.InvariantCulture), row.Definition, row.Hash, row.CreatedTime);
}
