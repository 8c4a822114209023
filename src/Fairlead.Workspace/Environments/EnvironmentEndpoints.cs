using System.Runtime.CompilerServices;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Environments;

/// <summary><c>/environments</c>.</summary>
internal static class EnvironmentEndpoints
{
    public static void Map(RouteGroupBuilder workspace)
    {
        var environments = workspace.MapGroup(Routes.Environments).WithTags("environments");
        environments.MapGet("", ListAsync).WithSummary("Lists the newest version of each environment.");
        environments.MapPut("/{name}", PutAsync).WithSummary("Registers a definition: the present version when nothing changed.");
        environments.MapGet("/{name}", async (string name, EnvironmentStore store, CancellationToken cancellationToken) =>
            TypedResults.Ok(await store.GetAsync(name, null, cancellationToken))).WithSummary("Shows the newest version.");
        environments.MapGet("/{name}/versions", async (string name, EnvironmentStore store, CancellationToken cancellationToken) =>
            TypedResults.Ok(new Page<EnvironmentDto>(await store.VersionsAsync(name, cancellationToken))))
            .WithSummary("Lists all versions, newest first.");
        environments.MapGet(
            "/{name}/versions/{version}",
            async (string name, string version, EnvironmentStore store, CancellationToken cancellationToken) =>
                TypedResults.Ok(await store.GetAsync(name, version, cancellationToken))).WithSummary("Shows a version.");
    }

    private static async Task<Ok<EnvironmentDto>> PutAsync(
        string name, EnvironmentDefinition definition, EnvironmentStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.RegisterAsync(name, definition, cancellationToken));

    private static async Task<Ok<Page<EnvironmentDto>>> ListAsync(
        int? count,
        [FromQuery(Name = Paging.SkipToken)] string? after,
        HttpRequest request,
        EnvironmentStore store,
        CancellationToken cancellationToken) => TypedResults.Ok(await Paging.OfAsync(
            request, ReadAsync(store, after, cancellationToken), Paging.Count(count), cancellationToken));

    private static async IAsyncEnumerable<(EnvironmentDto Environment, string Token)> ReadAsync(
        EnvironmentStore store, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.Newest(after).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return (EnvironmentStore.ToDto(row), row.Name);
        }
    }
}
