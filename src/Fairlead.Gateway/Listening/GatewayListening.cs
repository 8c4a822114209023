using System.Net;
using System.Text;
using Fairlead.Gateway.Listening.Tls;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Listening;

/// <summary>Sets the limits and endpoints of a Kestrel server that runs a gateway.</summary>
public static class GatewayListening
{
    /// <summary>Makes the host's server that of a gateway, by the <see cref="GatewayOptions"/> in its services.</summary>
    public static IWebHostBuilder ListenAsGateway(this IWebHostBuilder host) => host.ConfigureKestrel(static kestrel =>
        Configure(kestrel, kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value));

    /// <summary>Sets limits and opens the ports that the options name.</summary>
    /// <param name="kestrel">The server to set up.</param>
    /// <param name="options">Validated options.</param>
    /// <exception cref="OptionsValidationException">A certificate cannot be used; the message names the file and the
    /// fix.</exception>
    public static void Configure(KestrelServerOptions kestrel, GatewayOptions options)
    {
        SetLimits(kestrel, options);
        if (options.HttpPort is { } http)
        {
            Listen(kestrel, options.BindAddress, http, HttpProtocols.Http1);
        }

        if (options.Http2Port is { } http2)
        {
            Listen(kestrel, options.BindAddress, http2, HttpProtocols.Http2);
        }

        if (options.HttpsPort is { } https)
        {
            var services = kestrel.ApplicationServices;
            try
            {
                services.GetRequiredService<TlsCertificates>().Load();
            }
            catch (CertificateException exception)
            {
                throw new OptionsValidationException(nameof(GatewayOptions), typeof(GatewayOptions), [$"Gateway:Tls: {exception.Message}"]);
            }

            Listen(
                kestrel, options.BindAddress, https, HttpProtocols.Http1AndHttp2, services.GetRequiredService<TlsHandshakes>().Options);
        }
    }

    /// <summary>Most bytes that the server holds of a body that nobody reads yet.</summary>
    internal static int RequestBufferBytes(GatewayOptions options) => Math.Max(128 * 1024, 2 * options.MaxRequestHeadersBytes);

    private static void SetLimits(KestrelServerOptions kestrel, GatewayOptions options)
    {
        kestrel.AddServerHeader = false;

        // A lone LF ends a line for some servers and not for others.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

        // Header bytes go through as they came: any other encoding changes or refuses some of them.
        kestrel.RequestHeaderEncodingSelector = static name =>
            name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? DigitsEncoding.Instance
            : name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? ConnectionOptionsEncoding.Instance
            : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        var limits = kestrel.Limits;

        // The gateway counts bodies itself, so that the answer can name the limit.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestBufferSize = RequestBufferBytes(options);
        limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxRequestHeadersBytes;
        limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinDataRate, options.DataRateGrace);
        limits.MinResponseDataRate = new MinDataRate(options.MinDataRate, options.DataRateGrace);
    }

    private static void Listen(
        KestrelServerOptions kestrel, string address, int port, HttpProtocols protocols, TlsHandshakeCallbackOptions? tls = null)
    {
        switch (address)
        {
            case "*":
                kestrel.ListenAnyIP(port, Setup);
                break;
            case "localhost":
                kestrel.ListenLocalhost(port, Setup);
                break;
            default:
                kestrel.Listen(IPAddress.Parse(address), port, Setup);
                break;
        }

        void Setup(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (tls is not null)
            {
                listen.UseHttps(tls);
            }
        }
    }
}
