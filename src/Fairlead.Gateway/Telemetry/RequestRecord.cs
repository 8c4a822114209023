using System.Diagnostics;
using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What is known of one request to a service. Kept in a pool: whoever ends it must not use it again.</summary>
internal sealed class RequestRecord
{
    public string Service { get; private set; } = "";

    /// <summary>The endpoint it was sent to, when that chose <see cref="Service"/>; else null.</summary>
    public string? Endpoint { get; private set; }

    /// <summary>The version of that endpoint.</summary>
    public string? Version { get; private set; }

    public string Method { get; private set; } = "";

    /// <summary>The path on a replica.</summary>
    public string Path { get; private set; } = "";

    public string RequestId { get; private set; } = "";

    /// <summary>The client's <c>traceparent</c>, as it came; null: none that is valid.</summary>
    public string? TraceParent { get; private set; }

    /// <summary>The span of the request; null unless it is sampled.</summary>
    public Activity? Span { get; set; }

    /// <summary>The span of the attempt that runs.</summary>
    public Activity? AttemptSpan { get; set; }

    /// <summary>Timestamp of the arrival.</summary>
    public long Arrived { get; private set; }

    /// <summary>Time in the queue, over all attempts.</summary>
    public TimeSpan QueueWait { get; set; }

    /// <summary>Arrival to the first forwarding, less the wait; null: never forwarded.</summary>
    public TimeSpan? Routing { get; set; }

    /// <summary>The replica of the last attempt.</summary>
    public string? Replica { get; set; }

    public int Attempts { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    /// <summary>What the replica gets as <c>traceparent</c>; null: what the client sent.</summary>
    public string? ForwardedTraceParent { get; set; }

    /// <summary>Value of <c>Server-Timing</c> for the answer; null unless it waited for the service's first replica.</summary>
    public string? ServerTiming { get; set; }

    /// <summary>Of a second attempt beside the one that runs.</summary>
    public void BeginHedge(RequestRecord request)
    {
        Begin(request.Service, request.Method, request.Path, request.RequestId, request.TraceParent, request.Arrived);
        ForwardedTraceParent = request.ForwardedTraceParent;
        ServerTiming = request.ServerTiming;
    }

    public void Begin(string service, string method, string path, string requestId, string? traceParent, long arrived)
    {
        Service = service;
        Endpoint = null;
        Version = null;
        Method = method;
        Path = path;
        RequestId = requestId;
        TraceParent = traceParent;
        Arrived = arrived;
        Span = null;
        AttemptSpan = null;
        QueueWait = TimeSpan.Zero;
        Routing = null;
        ServerTiming = null;
        Replica = null;
        Attempts = 0;
        BytesIn = 0;
        BytesOut = 0;
        ForwardedTraceParent = null;
    }

    public void Choose(VersionShare version)
    {
        Endpoint = Service;
        Version = version.Name;
        Service = version.Service;
    }
}
