using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Listening;
using Fairlead.Gateway.Shadowing;
using Fairlead.Gateway.Splitting;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Routing;

/// <summary>The way of a request that names a service: check, wait for a lease, forward, release.</summary>
internal sealed partial class ServiceRequestHandler(
    Authenticator authenticator,
    LeasedAttempts attempts,
    VersionChoice versions,
    ShadowTraffic shadows,
    RequestTelemetry telemetry,
    IOptions<GatewayOptions> options,
    ILogger<ServiceRequestHandler> logger)
{
    /// <summary>What a request that waits costs in memory beside its body, about.</summary>
    public const int RequestBytes = 4096;

    private readonly GatewayOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context, ServiceState service, PathString path, LeaseKind kind, RequestIds ids)
    {
        var record = telemetry.Begin(context, service, path, ids);
        var outcome = GatewayReasons.InternalError;
        try
        {
            outcome = await RouteAsync(context, service, path, kind, ids, record);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            outcome = RequestOutcomes.ClientGone;
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            outcome = RequestOutcomes.ClientGone;
        }
        finally
        {
            LogFinished(service.Name, context.Request.Method, path.Value!, context.Response.StatusCode, outcome, ids.Id);
            telemetry.End(record, context, outcome);
        }
    }

    private async Task<string> RouteAsync(
        HttpContext context, ServiceState service, PathString path, LeaseKind kind, RequestIds ids, RequestRecord record)
    {
        var snapshot = service.Snapshot;
        if (await authenticator.CheckAsync(context, snapshot) is { } refusal)
        {
            return await AnswerAsync(context, refusal, ids);
        }

        if (context.Request.ContentLength > _options.MaxRequestBodyBytes)
        {
            return await AnswerAsync(context, GatewayAnswers.BodyTooLarge(_options.MaxRequestBodyBytes), ids);
        }

        var endpoint = snapshot.Traffic is null ? null : service;
        if (snapshot.Traffic is { } traffic)
        {
            var (version, answering) = versions.Choose(service.Name, traffic, context.Request.Headers);
            telemetry.Chosen(record, version);
            if (answering is null)
            {
                return await AnswerAsync(context, GatewayAnswers.NoLease(version.Service, LeaseOutcome.NoReadyReplica), ids);
            }

            if (snapshot.IsGuarded)
            {
                // The endpoint's credential, which user code must not see, even when the version itself is open.
                context.Request.Headers.Authorization = default;
            }

            service = answering;
            snapshot = service.Snapshot;
        }

        // The limit is ours; the server's own could only be smaller by mistake.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
        {
            serverLimit.MaxRequestBodySize = null;
        }

        using var body = new ScoringBody(context.Request.Body, _options.MaxRequestBodyBytes, _options.ReplayBodyBytes, record);
        if (context.Request.ContentLength is { } length && length > 0 && length <= _options.ReplayBodyBytes)
        {
            try
            {
                await body.PrefetchAsync((int)length, context.RequestAborted);
            }
            catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
            {
                return await AnswerAsync(context, BodyAnswer(body), ids);
            }
        }

        context.Request.Body = body;
        using var copy = endpoint?.Snapshot.Traffic is { Shadows.Count: > 0 } split && kind == LeaseKind.Scoring
            ? shadows.Copy(context, endpoint.Name, split, path, body, ids)
            : null;
        var held = HeldBytes(context);
        LeaseTicket? ticket = null;
        while (true)
        {
            var result = await service.Queue.AcquireAsync(new LeaseRequest(kind, ticket, held, UrgencyOf(context, snapshot)), context.RequestAborted);
            ticket = result.Ticket;
            telemetry.Waited(record, result);
            if (result.Outcome == LeaseOutcome.Cancelled)
            {
                return RequestOutcomes.ClientGone;
            }

            if (result.Outcome == LeaseOutcome.ServiceRemoved && endpoint is not null && ChooseAnew(endpoint, context, record) is { } other)
            {
                // The version has gone while the request waited for it; the endpoint has not.
                service = other;
                snapshot = service.Snapshot;
                ticket = null;
                continue;
            }

            if (result.Outcome != LeaseOutcome.Granted)
            {
                return await AnswerAsync(context, GatewayAnswers.NoLease(service.Name, result.Outcome), ids);
            }

            telemetry.Forwarding(record, result.Lease);
            var outcome = await attempts.RunAsync(new RequestAttempt(context, service, snapshot, path, kind, ids), result, body, record);
            RequestTelemetry.Forwarded(record, outcome);
            if (result.Fence.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested
                && outcome is ForwardOutcome.ClientGone or ForwardOutcome.Broken)
            {
                return await BreakOffAsync(context, service.Name, ids);
            }

            if (copy is not null && outcome is (ForwardOutcome.Answered or ForwardOutcome.ModelFailed))
            {
                shadows.Send(copy, context.Response.StatusCode);
            }

            switch (outcome)
            {
                case ForwardOutcome.Unreachable when body.CanReplay:
                case ForwardOutcome.Refused when body.CanReplay:
                    telemetry.Retried(record, outcome);
                    LogRetried(service.Name, result.Lease.Endpoint.Id, outcome, ids.Id);
                    context.Response.Clear();
                    body.Rewind();
                    break;
                case ForwardOutcome.Unreachable:
                case ForwardOutcome.Refused:
                    return await AnswerAsync(context, GatewayAnswers.ReplicaRefused(service.Name), ids);
                case ForwardOutcome.ReplicaClosed:
                    LogReplicaClosed(service.Name, result.Lease.Endpoint.Id, ids.Id);
                    return await AnswerAsync(context, GatewayAnswers.ReplicaClosed, ids);
                case ForwardOutcome.BadAnswer:
                    return await AnswerAsync(context, GatewayAnswers.BadAnswer, ids);
                case ForwardOutcome.TimedOut:
                    return await AnswerAsync(
                        context, GatewayAnswers.Timeout(service.Name, snapshot.Route.Spec.ScoringTimeoutMs), ids);
                case ForwardOutcome.BadBody:
                    return await AnswerAsync(context, BodyAnswer(body), ids);
                case ForwardOutcome.ModelFailed:
                    return RequestOutcomes.ModelFailed;
                case ForwardOutcome.Broken:
                    return RequestOutcomes.Broken;
                case ForwardOutcome.ClientGone:
                    return RequestOutcomes.ClientGone;
                case ForwardOutcome.Answered:
                    return RequestOutcomes.Answered;
            }
        }
    }

    // What a request that waits costs in memory, at most: its context and head, and of its body what was read or what the
    // server takes before anyone reads.
    private int HeldBytes(HttpContext context)
    {
        var length = context.Request.ContentLength ?? (ScoringBody.IsIn(context) ? long.MaxValue : 0);
        return RequestBytes + (int)Math.Min(length, Math.Max(_options.ReplayBodyBytes, GatewayListening.RequestBufferBytes(_options)));
    }

    private static byte UrgencyOf(HttpContext context, ServiceSnapshot snapshot) => snapshot.Route.Spec.PriorityHeader is { } header
        ? Urgency.Parse(context.Request.Headers[header])
        : Urgency.Default;

    private ServiceState? ChooseAnew(ServiceState endpoint, HttpContext context, RequestRecord record)
    {
        if (endpoint.Snapshot.Traffic is not { } traffic)
        {
            return null;
        }

        var (version, answering) = versions.Choose(endpoint.Name, traffic, context.Request.Headers);
        telemetry.Chosen(record, version);
        return answering;
    }

    // This gateway is cut off from the others: they count its leases as ended from now on.
    private static async Task<string> BreakOffAsync(HttpContext context, string service, RequestIds ids)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return RequestOutcomes.Broken;
        }

        context.Response.Clear();
        return await AnswerAsync(context, GatewayAnswers.NoLease(service, LeaseOutcome.CoordinatorUnavailable), ids);
    }

    private GatewayAnswer BodyAnswer(ScoringBody body) =>
        body.IsTooLarge ? GatewayAnswers.BodyTooLarge(_options.MaxRequestBodyBytes)
        : body.Failure is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } ? GatewayAnswers.SlowBody
        : GatewayAnswers.BadBody;

    private static async Task<string> AnswerAsync(HttpContext context, GatewayAnswer answer, RequestIds ids)
    {
        await answer.WriteAsync(context, ids);
        return answer.Reason;
    }

    [LoggerMessage(LogLevel.Debug, "{Method} {Service}{Path} {Status} {Outcome} {RequestId}")]
    private partial void LogFinished(
        string service, string method, string path, int status, string outcome, string requestId);

    [LoggerMessage(LogLevel.Debug, "Replica {Replica} of {Service} was {Outcome}; {RequestId} is tried on another")]
    private partial void LogRetried(string service, string replica, ForwardOutcome outcome, string requestId);

    [LoggerMessage(LogLevel.Warning, "Replica {Replica} of {Service} closed its connection before it answered {RequestId}")]
    private partial void LogReplicaClosed(string service, string replica, string requestId);
}
