using System.Diagnostics;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What is known of one request to a service. Kept in a pool: whoever ends it must not use it again.</summary>
internal sealed class RequestRecord
{
    public string Service { get; private set; } = "";

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

    public void Begin(string service, string method, string path, string requestId, string? traceParent, long arrived)
    {
        Service = service;
        Method = method;
        Path = path;
        RequestId = requestId;
        TraceParent = traceParent;
        Arrived = arrived;
        Span = null;
        AttemptSpan = null;
        QueueWait = TimeSpan.Zero;
        Routing = null;
        Replica = null;
        Attempts = 0;
        BytesIn = 0;
        BytesOut = 0;
        ForwardedTraceParent = null;
    }
}
