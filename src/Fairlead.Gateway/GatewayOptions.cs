using System.ComponentModel.DataAnnotations;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Listening.Tls;
using Fairlead.Gateway.SelfScaling;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway;

/// <summary>How a gateway listens, what it accepts and how long it waits.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section of the configuration they are bound from.</summary>
    public const string SectionName = "Gateway";

    /// <summary>Address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for any. Default
    /// <c>127.0.0.1</c>.</summary>
    [Required]
    public string BindAddress { get; set; } = "127.0.0.1";

    /// <summary>Threads that serve connections: each looks after its share of them and never blocks. 0 uses the runtime's sockets
    /// and thread pool, which is what happens on systems other than Linux. Default: one for each processor.</summary>
    [Range(0, 256)]
    public int? IoThreads { get; set; }

    /// <summary>Port of HTTP/1.1 without TLS; 0 lets the system choose one, null closes it. Default 8480.</summary>
    [Range(0, 65535)]
    public int? HttpPort { get; set; } = 8480;

    /// <summary>Port of HTTP/2 without TLS (prior knowledge); 0 lets the system choose one. Default null, closed.</summary>
    [Range(0, 65535)]
    public int? Http2Port { get; set; }

    /// <summary>Port of HTTPS, HTTP/1.1 and HTTP/2 by ALPN; 0 lets the system choose one. Default null, closed; needs
    /// certificates: see <see cref="Tls"/>.</summary>
    [Range(0, 65535)]
    public int? HttpsPort { get; set; }

    /// <summary>Certificates and versions of <see cref="HttpsPort"/>.</summary>
    [ValidateObjectMembers]
    public TlsOptions Tls { get; set; } = new();

    /// <summary>Largest request body in bytes, then 413. Default 104857600, the 100 MB of §4.1.</summary>
    [Range(1, long.MaxValue)]
    public long MaxRequestBodyBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>Largest sum of request headers in bytes, then 431. Default 32768.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxRequestHeadersBytes { get; set; } = 32 * 1024;

    /// <summary>Longest time to receive all headers, then 408. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RequestHeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Slowest rate of a request or response body in bytes a second, after <see cref="DataRateGrace"/>; a
    /// slower client is cut. Default 240.</summary>
    [Range(1, 1024 * 1024)]
    public int MinDataRate { get; set; } = 240;

    /// <summary>How long a body may be slower than <see cref="MinDataRate"/>. Default 5 s; more than 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01.1", "01:00:00")]
    public TimeSpan DataRateGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection of a client stays open. Default 130 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>How long a request waits for the first replica of a service that may stop when idle
    /// (<c>minReplicas</c> 0). Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ColdStartWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to connect to a replica. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan ReplicaConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a replica that could not be reached gets no request, unless its compute target publishes the
    /// service again before. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan UnreachableBackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that a replica which fails each time it is tried again gets no request: the time doubles from
    /// <see cref="UnreachableBackOff"/> with each failure. Zero: it does not grow. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan LongestEjection { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed answers in a row (500 to 599, or none in time) after which a replica is ejected as one that cannot be
    /// reached is, when at least half of the service's other replicas answer well. 0: never. Default 5, as Envoy's
    /// <c>consecutive_5xx</c>.</summary>
    [Range(0, 1000)]
    public int EjectAfterFailedAnswers { get; set; } = 5;

    /// <summary>How long the slow start of a replica lasts at most that is new, or comes back after it could not be reached: it
    /// gets one request, and with each that ends well one more at a time. Zero: all its places are open at once. Default
    /// 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan SlowStart { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a replica that refused a request as busy, starting or draining gets no other. Default
    /// 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RefusedBackOff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Bytes of a body that are kept so that a refused request can be sent to another replica; a body of known
    /// length up to it is read before a replica is asked for. Default 65536.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int ReplayBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Most bytes that waiting requests of one service hold in this gateway, then 503; a request counts with its
    /// body, as far as it is held, and 4096. Default 134217728, 128 MB.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long MaxQueuedBytesPerService { get; set; } = 128 * 1024 * 1024;

    /// <summary>Most bytes that waiting requests of all services hold together, then 503 for those that would have to wait.
    /// Default 536870912, 512 MB.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long MaxQueuedBytes { get; set; } = 512 * 1024 * 1024;

    /// <summary>Most copies of requests that are with shadow versions, or wait for them, at a time; more are dropped and counted.
    /// Default 256.</summary>
    [Range(0, 100_000)]
    public int MaxShadowRequests { get; set; } = 256;

    /// <summary>How long the wanted number of replicas must stay lower before one is removed. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "24:00:00")]
    public TimeSpan ScaleDownWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>File with the token that opens the status of the gateway (<c>/fairlead/gateway</c>). Default null: there is
    /// no such path.</summary>
    public string? AdminTokenFile { get; set; }

    /// <summary>Share of requests that start a trace, from 0 to 1, when their client says nothing; with its
    /// <c>traceparent</c> a client chooses itself. Default 1. Without a place to send traces to, none is made.</summary>
    [Range(0.0, 1.0)]
    public double TraceSampleRatio { get; set; } = 1;

    /// <summary>The access log. Default: none.</summary>
    [ValidateObjectMembers]
    public AccessLogOptions AccessLog { get; set; } = new();

    /// <summary>How tokens are checked.</summary>
    [ValidateObjectMembers]
    public GatewayTokenOptions Tokens { get; set; } = new();

    /// <summary>How guessing of keys and tokens is slowed.</summary>
    [ValidateObjectMembers]
    public BruteForceOptions BruteForce { get; set; } = new();

    /// <summary>How the gateways of a cluster scale themselves. Default: not at all.</summary>
    [ValidateObjectMembers]
    public SelfScalingOptions SelfScaling { get; set; } = new();

    /// <summary>The other gateways of the same compute target. Default: none.</summary>
    [ValidateObjectMembers]
    public PeerOptions Peers { get; set; } = new();
}

/// <summary>Checks the ranges; generated.</summary>
[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
