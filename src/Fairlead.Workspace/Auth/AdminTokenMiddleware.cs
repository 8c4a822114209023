using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Errors;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Workspace.Auth;

/// <summary>Admits only bearers of the admin token, but for health, the API's description and its reference.</summary>
internal sealed class AdminTokenMiddleware(RequestDelegate next, AdminToken token)
{
    private const string Scheme = "Bearer ";

    private static readonly PathString[] Open = [Routes.Health, "/openapi", "/reference", "/favicon.ico"];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == "/" || Open.Any(path => context.Request.Path.StartsWithSegments(path)))
        {
            return next(context);
        }

        var given = context.Request.Headers.Authorization.ToString();
        if (given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && token.Admits(given[Scheme.Length..].Trim()))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"fairlead workspace\"";
        return ProblemWriter.WriteAsync(context, ErrorDocument.Of(
            ErrorCodes.Unauthorized, 401,
            (given.Length == 0 ? "This needs a token: send" : "The token is not the right one: send")
            + " 'Authorization: Bearer TOKEN' with the content of the file 'admin-token' in the server's data directory."));
    }
}
