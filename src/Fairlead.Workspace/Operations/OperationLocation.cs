using Fairlead.Contracts.Api;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Workspace.Operations;

/// <summary>The header that says where the operation of an accepted request can be seen (§6.2).</summary>
internal static class OperationLocation
{
    private const string Header = "Operation-Location";

    public static void Set(HttpContext context, string operation)
    {
        var request = context.Request;
        context.Response.Headers[Header] =
            $"{request.Scheme}://{request.Host}{WorkspaceScope.BaseOf(request)}{Routes.Operations}/{operation}";
    }
}
