using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>What each handshake offers: the certificate for the name asked for, versions, HTTP/2 and HTTP/1.1.</summary>
internal sealed class TlsHandshakes(TlsCertificates certificates, IOptions<GatewayOptions> options)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly SslProtocols _versions =
        options.Value.Tls.MinimumVersion == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

    public TlsHandshakeCallbackOptions Options => new() { OnConnection = context => new(For(context.ClientHelloInfo.ServerName)) };

    private SslServerAuthenticationOptions For(string name)
    {
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Current!.Select(name).Context,
            EnabledSslProtocols = _versions,
            ApplicationProtocols = Protocols,
        };
        if (certificates.ClientAuthorities is { } authorities)
        {
            handshake.ClientCertificateRequired = true;
            handshake.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            handshake.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return handshake;
    }
}
