using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace;

/// <summary>Refuses paths of another workspace: this process serves one.</summary>
internal sealed class WorkspaceScope(IOptions<WorkspaceOptions> options)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var route = context.Request.RouteValues;
        if (route.TryGetValue("workspace", out var workspace)
            && !(Same(workspace, options.Value.Workspace)
                && Same(route["resourceGroup"], options.Value.ResourceGroup)
                && Same(route["subscription"], options.Value.SubscriptionId)))
        {
            throw new FairleadException(
                ErrorCodes.WorkspaceNotFound,
                StatusCodes.Status404NotFound,
                $"There is no workspace '{workspace}' in resource group '{route["resourceGroup"]}' of subscription "
                + $"'{route["subscription"]}'. This server has '{options.Value.Workspace}' in '{options.Value.ResourceGroup}' "
                + $"of '{options.Value.SubscriptionId}'.");
        }

        return next(context);
    }

    /// <summary>The path of the workspace a request is for, as the caller wrote it.</summary>
    public static string BaseOf(HttpRequest request)
    {
        var route = request.RouteValues;
        return request.PathBase + Routes.Base(
            (string)route["subscription"]!, (string)route["resourceGroup"]!, (string)route["workspace"]!);
    }

    // As in v1, the case of ids does not matter.
    private static bool Same(object? given, string known) =>
        string.Equals(given as string, known, StringComparison.OrdinalIgnoreCase);
}
