using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Fairlead.Gateway.Listening;

/// <summary>The gateway's ports and the limits that guard them.</summary>
public static class GatewayListening
{
    private static readonly TimeSpan BodyRateGrace = TimeSpan.FromSeconds(5);

    /// <summary>Applies the ports, TLS and limits of <paramref name="options"/> to the server.</summary>
    /// <exception cref="InvalidOperationException">A bad address, or HTTPS without a readable certificate and key; the
    /// message names the setting.</exception>
    public static void Configure(KestrelServerOptions kestrel, GatewayOptions options)
    {
        if (!IPAddress.TryParse(options.BindAddress, out var address))
        {
            throw new InvalidOperationException(
                $"Gateway:BindAddress is '{options.BindAddress}'. It must be an IP address such as 127.0.0.1 or 0.0.0.0.");
        }

        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersBytes;
        // Scoring requests are counted by the gateway itself, which can answer with the reason; this guards the rest.
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.MinRequestBytesPerSecond, BodyRateGrace);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;

        kestrel.Listen(address, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        if (options.Http2Port is { } http2Port)
        {
            kestrel.Listen(address, http2Port, listen => listen.Protocols = HttpProtocols.Http2);
        }

        if (options.HttpsPort is { } httpsPort)
        {
            var https = Https(options);
            kestrel.Listen(address, httpsPort, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https);
            });
        }
    }

    private static HttpsConnectionAdapterOptions Https(GatewayOptions options)
    {
        if (options.TlsCertificateFile is not { Length: > 0 } certificateFile || options.TlsKeyFile is not { Length: > 0 } keyFile)
        {
            throw new InvalidOperationException(
                "Gateway:HttpsPort is set. Set Gateway:TlsCertificateFile and Gateway:TlsKeyFile to PEM files too.");
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            return new()
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile),
                ServerCertificateChain = chain,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidOperationException(
                $"Gateway:TlsCertificateFile '{certificateFile}' and Gateway:TlsKeyFile '{keyFile}' must be PEM files of a "
                + $"certificate with its chain and of its key without a pass phrase: {error.Message}", error);
        }
    }
}
