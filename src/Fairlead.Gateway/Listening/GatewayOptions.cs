using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Listening;

/// <summary>Settings of a gateway: configuration section <c>Gateway</c>, checked when it starts.</summary>
public sealed class GatewayOptions
{
    public const string SectionName = "Gateway";

    /// <summary>IP address to listen on. Default <c>127.0.0.1</c>.</summary>
    [Required]
    public string BindAddress { get; set; } = "127.0.0.1";

    /// <summary>Port for HTTP/1.1 without TLS; 0 takes a free one. Default 8480.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 8480;

    /// <summary>Port for HTTP/2 without TLS (prior knowledge); 0 takes a free one, null is none. Default null.</summary>
    [Range(0, 65535)]
    public int? Http2Port { get; set; }

    /// <summary>Port for HTTPS with HTTP/1.1 and HTTP/2; 0 takes a free one, null is none. Default null.</summary>
    [Range(0, 65535)]
    public int? HttpsPort { get; set; }

    /// <summary>PEM file with the certificate and its full chain (§4.6). Needed with <see cref="HttpsPort"/>.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>PEM file with the certificate's key, without a pass phrase. Needed with <see cref="HttpsPort"/>.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>Largest request body in bytes; a larger one is answered with 413. Default 100 MB = 104857600 (§4.1).</summary>
    [Range(1024, long.MaxValue)]
    public long MaxRequestBodyBytes { get; set; } = 100L << 20;

    /// <summary>Largest sum of a request's headers in bytes, then 431. Default 32768.</summary>
    [Range(1024, 1 << 20)]
    public int MaxRequestHeadersBytes { get; set; } = 32 << 10;

    /// <summary>Slowest request body in bytes a second, after five seconds of grace, then 408. Default 240.</summary>
    [Range(1, 1 << 20)]
    public double MinRequestBytesPerSecond { get; set; } = 240;

    /// <summary>Longest time to connect to a replica before another one is tried. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ReplicaConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a replica that refused a request is left alone. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RefusedReplicaRest { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait for the first replica of a service that is scaled to none. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan ColdStartWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the wanted number of replicas must have been lower before one is removed. Default 60 s (§4.3).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ScaleDownWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The limit as answers state it: <c>100 MB</c>.</summary>
    internal string MaxRequestBodyText => MaxRequestBodyBytes % (1 << 20) == 0
        ? $"{MaxRequestBodyBytes >> 20} MB"
        : $"{MaxRequestBodyBytes} bytes";
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
