using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.SelfScaling;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Telemetry;

/// <summary>Tells metrics, traces and the access log what happens to a request.</summary>
internal sealed class RequestTelemetry(
    GatewayMetrics metrics, AccessLog log, LoadMeter load, IOptions<GatewayOptions> options, TimeProvider time)
{
    // A record is small: enough for all requests that a processor handles at a time are kept.
    private readonly DefaultObjectPool<RequestRecord> _records = new(new DefaultPooledObjectPolicy<RequestRecord>(), 256);
    private readonly double _sampled = options.Value.TraceSampleRatio;

    /// <summary>A request to a service has come.</summary>
    public RequestRecord Begin(HttpContext context, ServiceState service, PathString path, RequestIds ids)
    {
        var request = context.Request;
        var record = _records.Get();
        record.Begin(
            service.Name, request.Method, path.Value!, ids.Id, TraceContext.Read(request.Headers), time.GetTimestamp());
        record.Span = GatewayTracing.StartRequest(record, request, _sampled);
        return record;
    }

    /// <summary>A version answers for the endpoint: from now on the request is one to that version's service.</summary>
    public void Chosen(RequestRecord record, VersionShare version)
    {
        record.Choose(version);
        record.Span?.SetTag("fairlead.endpoint", record.Endpoint).SetTag("fairlead.version", version.Name)
            .SetTag("fairlead.service", version.Service);
        metrics.Chosen(record.Endpoint!, version.Name);
    }

    /// <summary>It was granted a place, or not; <see cref="RequestRecord.QueueWait"/> grows.</summary>
    public void Waited(RequestRecord record, in LeaseResult result)
    {
        record.QueueWait += result.Waited;
        metrics.Waited(record.Service, result.Waited);
        if (result.IsColdStart)
        {
            metrics.ColdStarted(record.Service, result.Waited);
            record.ServerTiming = ColdStart.ServerTiming(record.QueueWait, result.Lease.Endpoint.Start);
        }

        GatewayTracing.Waited(record, result, time);
    }

    /// <summary>It goes to a replica now.</summary>
    public void Forwarding(RequestRecord record, in Lease lease)
    {
        var routing = time.GetElapsedTime(record.Arrived) - record.QueueWait;
        record.Routing ??= routing;
        metrics.Routed(record.Service, routing);
        load.Routed(routing);
        record.Attempts++;
        record.Replica = lease.Endpoint.Id;
        GatewayTracing.StartForward(record, lease.Endpoint);
    }

    /// <summary>An attempt has ended.</summary>
    public static void Forwarded(RequestRecord record, ForwardOutcome outcome) => GatewayTracing.EndForward(record, outcome);

    /// <summary>It is tried on another replica.</summary>
    public void Retried(RequestRecord record, ForwardOutcome outcome) =>
        metrics.Retried(record.Service, outcome == ForwardOutcome.Refused ? "refused" : "unreachable");

    /// <summary>It has ended, in whatever way.</summary>
    public void End(RequestRecord record, HttpContext context, string outcome)
    {
        var duration = time.GetElapsedTime(record.Arrived);
        var status = context.Response.StatusCode;
        if (record.BytesOut == 0 && context.Response.Headers.ContainsKey(Contracts.ScoringHostHeaders.AnsweredByGateway))
        {
            record.BytesOut = context.Response.ContentLength ?? 0;
        }

        metrics.Finished(record, status, outcome, duration);
        if (log.IsEnabled)
        {
            log.Write(record, status, outcome, duration);
        }

        GatewayTracing.EndRequest(record, status, outcome);
        _records.Return(record);
    }
}
