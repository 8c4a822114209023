using System.Globalization;
using Fairlead.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Writes the gateway's own answers.</summary>
internal static class AnswerWriter
{
    public static Task WriteAsync(HttpContext context, GatewayAnswer answer)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = answer.Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "max-age=0, private, must-revalidate";
        response.Headers[ScoringHostHeaders.AnsweredByGateway] = answer.Reason;
        RequestIds.Answer(context.Request.Headers, response.Headers);
        if (answer.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        switch (answer.Status)
        {
            case StatusCodes.Status401Unauthorized:
                response.Headers.WWWAuthenticate = "Bearer";
                break;
            case StatusCodes.Status405MethodNotAllowed:
                response.Headers.Allow = "GET, POST, OPTIONS";
                break;
        }

        // A length, or a HEAD request would be told of a body that does not come.
        var text = System.Text.Encoding.UTF8.GetBytes(answer.Text + "\n");
        response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : WriteBodyAsync(context, text);
    }

    private static async Task WriteBodyAsync(HttpContext context, byte[] text)
    {
        try
        {
            await context.Response.Body.WriteAsync(text, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read it.
        }
    }
}
