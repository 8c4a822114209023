using Fairlead.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Routing;

/// <summary>An answer that the gateway makes itself: plain text, as the router of v1 sent (§4.5).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">A value of <see cref="GatewayReasons"/>.</param>
/// <param name="Body">The text.</param>
internal readonly record struct GatewayAnswer(int Status, string Reason, string Body)
{
    // Queue waits and cold starts are short: one second spreads retries without making anyone wait for long.
    private const string RetryAfterSeconds = "1";

    public async Task WriteAsync(HttpContext context, RequestIds ids)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.Clear();
        response.StatusCode = Status;
        response.ContentType = "text/plain; charset=utf-8";
        var headers = response.Headers;
        headers[ScoringHostHeaders.AnsweredByGateway] = Reason;
        headers.CacheControl = "max-age=0, private, must-revalidate";
        ids.AddMissingTo(headers);
        switch (Status)
        {
            case StatusCodes.Status401Unauthorized:
                headers.WWWAuthenticate = "Bearer";
                break;
            case StatusCodes.Status405MethodNotAllowed:
                headers.Allow = "GET, POST, OPTIONS";
                break;
            case StatusCodes.Status503ServiceUnavailable:
                headers.RetryAfter = RetryAfterSeconds;
                break;
        }

        response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(Body);
        await response.WriteAsync(Body, context.RequestAborted);
    }
}
