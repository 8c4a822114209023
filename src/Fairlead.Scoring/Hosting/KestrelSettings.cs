using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fairlead.Scoring.Hosting;

/// <summary>How the web server listens. HTTP/1.1 only: the hop from the gateway needs no more.</summary>
internal static class KestrelSettings
{
    /// <summary>The documented limit of a request's body: 100 MB.</summary>
    public const long MaxBodyBytes = 100L * 1024 * 1024;

    /// <summary>Enough for an id of any length that clients try: ours are refused above 100 characters with a message,
    /// not by the server's own limit.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    public static void Apply(KestrelServerOptions kestrel, ScoringOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        Listen(options.Port);
        if (options.HealthPort is { } health)
        {
            Listen(health);
        }

        void Listen(int port)
        {
            if (options.BindAddress is { } address)
            {
                kestrel.Listen(address, port, UseHttp1);
            }
            else
            {
                // Both families: pods of an IPv6 cluster have no other.
                kestrel.ListenAnyIP(port, UseHttp1);
            }
        }

        static void UseHttp1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
    }
}
