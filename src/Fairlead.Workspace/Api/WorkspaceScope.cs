using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Api;

/// <summary>Sees that the ids in a path are this workspace's, and says which API versions are spoken (§6.2).</summary>
internal sealed class WorkspaceScope(IOptions<WorkspaceOptions> options) : IEndpointFilter
{
    private const string SupportedVersions = "1.0, 2018-03-01-preview, 2018-11-19";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var values = context.HttpContext.Request.RouteValues;
        Check("subscription", values["subscription"], options.Value.SubscriptionId);
        Check("resource group", values["resourceGroup"], options.Value.ResourceGroup);
        Check("workspace", values["workspace"], options.Value.Name);
        context.HttpContext.Response.Headers["api-supported-versions"] = SupportedVersions;
        return next(context);
    }

    private static void Check(string what, object? given, string own)
    {
        if (!string.Equals(given as string, own, StringComparison.OrdinalIgnoreCase))
        {
            throw new FairleadException(
                ErrorCodes.WorkspaceNotFound, 404, $"There is no {what} '{given}' here; this server's {what} is '{own}'.");
        }
    }
}
