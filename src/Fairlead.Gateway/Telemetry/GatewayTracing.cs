using System.Diagnostics;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Telemetry;

/// <summary>The spans of a request: itself, its wait in the queue, and each attempt on a replica. None is made, and nothing
/// allocated, for a request that is not sampled: it passes its client's trace context on as it is.</summary>
internal static class GatewayTracing
{
    public const string SourceName = "Fairlead.Gateway";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Follows the client's choice; without one, the share of requests that start a trace.</summary>
    public static Activity? StartRequest(RequestRecord record, HttpRequest request, double share)
    {
        if (!Source.HasListeners() || !IsSampled(record.TraceParent, share))
        {
            return null;
        }

        ActivityContext parent = default;
        if (record.TraceParent is not null)
        {
            _ = ActivityContext.TryParse(record.TraceParent, request.Headers.TraceState, isRemote: true, out parent);
        }

        // Not the current one: requests are carried by hand, so that none leaks into work that they only wake.
        var route = HttpRoutes.Of(record.Path);
        var span = Source.CreateActivity($"{record.Method} {route}", ActivityKind.Server, parent);
        span?.SetTag("http.request.method", record.Method)
            .SetTag("http.route", route)
            .SetTag("url.scheme", request.Scheme)
            .SetTag("url.path", request.Path.Value)
            .SetTag("fairlead.service", record.Service)
            .SetTag("fairlead.request.id", record.RequestId);
        return Start(span);
    }

    public static void Waited(RequestRecord record, in LeaseResult result, TimeProvider time)
    {
        if (record.Span is not { } parent)
        {
            return;
        }

        var end = time.GetUtcNow().UtcDateTime;
        var span = Source.CreateActivity("lease", ActivityKind.Internal, parent.Context);
        span?.SetTag("fairlead.service", record.Service).SetTag("fairlead.lease.outcome", result.Outcome.ToString());
        span?.SetStartTime(end - result.Waited);
        Start(span)?.SetEndTime(end).Stop();
    }

    public static void StartForward(RequestRecord record, ReplicaEndpoint replica)
    {
        if (record.Span is not { } parent)
        {
            return;
        }

        var span = Source.CreateActivity(record.Method, ActivityKind.Client, parent.Context);
        span?.SetTag("http.request.method", record.Method)
            .SetTag("server.address", replica.Address.Host)
            .SetTag("server.port", replica.Address.Port)
            .SetTag("fairlead.replica", replica.Id);
        if (record.Attempts > 1)
        {
            span?.SetTag("http.request.resend_count", record.Attempts - 1);
        }

        record.ForwardedTraceParent = (Start(span) ?? parent).Id;
        record.AttemptSpan = span;
    }

    public static void EndForward(RequestRecord record, ForwardOutcome outcome)
    {
        if (record.AttemptSpan is { } span)
        {
            span.SetTag("fairlead.forward.outcome", outcome.ToString());
            span.SetStatus(
                outcome is ForwardOutcome.Answered or ForwardOutcome.ClientGone ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
            span.Stop();
            record.AttemptSpan = null;
        }
    }

    public static void EndRequest(RequestRecord record, int status, string outcome)
    {
        record.AttemptSpan?.Stop();
        if (record.Span is { } span)
        {
            span.SetTag("http.response.status_code", status).SetTag("fairlead.outcome", outcome);
            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }

            span.Stop();
        }
    }

    private static bool IsSampled(string? traceParent, double share) =>
        traceParent is null ? share >= 1 || (share > 0 && Random.Shared.NextDouble() < share) : TraceContext.IsSampled(traceParent);

    private static Activity? Start(Activity? span)
    {
        if (span is not null)
        {
            var current = Activity.Current;
            span.Start();
            Activity.Current = current;
        }

        return span;
    }
}
