using System.Globalization;
using Fairlead.Contracts;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Routing;

/// <summary>An answer that the gateway makes itself: plain text, as the router of v1 sent (§4.5).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">A value of <see cref="GatewayReasons"/>.</param>
/// <param name="Body">The text.</param>
internal readonly record struct GatewayAnswer(int Status, string Reason, string Body)
{
    /// <summary>What a 401 asks for: the value of <c>WWW-Authenticate</c>.</summary>
    public string? Challenge { get; init; }

    /// <summary>When to come again after 429 or 503. Queue waits and cold starts are short: 1 s spreads retries without making
    /// anyone wait for long.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

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
                headers.WWWAuthenticate = Challenge ?? "Bearer";
                break;
            case StatusCodes.Status405MethodNotAllowed:
                headers.Allow = "GET, POST, OPTIONS";
                break;
            case StatusCodes.Status429TooManyRequests:
            case StatusCodes.Status503ServiceUnavailable:
                headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                break;
        }

        response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(Body);
        await response.WriteAsync(Body, context.RequestAborted);
    }
}
