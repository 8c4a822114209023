using System.Diagnostics;
using Fairlead.Scoring.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Fairlead.Scoring.Telemetry;

/// <summary>What every item of a request says of it.</summary>
/// <param name="OperationId">The trace it is part of: the client's (W3C <c>traceparent</c>), else the request's id.</param>
/// <param name="ParentId">The span that called; null: not known.</param>
internal sealed record RequestFacts(
    string Id, string OperationId, string? ParentId, string RequestId, string? ClientRequestId, string Method, string Path,
    string Url, int Status, DateTimeOffset Started, TimeSpan Duration)
{
    public static RequestFacts Of(HttpContext context, DateTimeOffset started, TimeSpan duration)
    {
        var headers = context.Response.Headers;
        var requestId = headers[ScoringHeaders.RequestId].ToString();
        var isTraced = ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var trace);
        return new RequestFacts(
            ActivitySpanId.CreateRandom().ToHexString(),
            isTraced ? trace.TraceId.ToHexString() : requestId, isTraced ? trace.SpanId.ToHexString() : null,
            requestId, headers[ScoringHeaders.ClientRequestId], context.Request.Method, context.Request.Path.Value ?? "",
            context.Request.GetDisplayUrl(), context.Response.StatusCode, started, duration);
    }
}
