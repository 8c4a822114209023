using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Contracts;

namespace Fairlead.Scoring.Http;

/// <summary>Errors as <c>{"message": "…"}</c> (§3.3).</summary>
internal static class ErrorResponse
{
    public const string InternalError = "An unexpected internal error occurred. Check the logs for more info.";
    public const string ScriptError = "An unexpected error occurred in scoring script. Check the logs for more info.";
    public const string NotFound =
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling and "
        + "try again.";

    public const string MethodNotAllowed = "The method is not allowed for the requested URL.";

    public static async Task WriteAsync(HttpContext context, int status, string message, bool runFunctionFailed = false)
    {
        if (context.Response.HasStarted)
        {
            // The client must not take a cut answer for a whole one.
            context.Abort();
            return;
        }

        // The plain encoder: these bodies are JSON alone, never put into a page.
        var text = "{\"message\": \"" + JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"}";
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(runFunctionFailed);
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Nothing was run: the gateway tries another replica.</summary>
    /// <param name="reason">A value of <see cref="ScoringHostHeaders.Refused"/>.</param>
    public static Task WriteRefusedAsync(HttpContext context, string reason)
    {
        context.Response.Headers[ScoringHostHeaders.Refused] = reason;
        return WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            $"This replica does not take the request: it is {reason}. Nothing was run; try again.");
    }
}
