using System.Net;
using Fairlead.Gateway.Peering;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway;

/// <summary>The rules that concern more than one option, so that a bad start ends with words and not with a socket error.</summary>
internal sealed class GatewayOptionsRules(IPeerSource? source = null) : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = new List<string>();
        if (options is { HttpPort: null, Http2Port: null, HttpsPort: null })
        {
            failures.Add("Gateway:HttpPort, Gateway:Http2Port and Gateway:HttpsPort are all unset; set at least one.");
        }

        if (options.BindAddress is not ("*" or "localhost") && !IPAddress.TryParse(options.BindAddress, out _))
        {
            failures.Add($"Gateway:BindAddress is '{options.BindAddress}'; allowed are an IP address, 'localhost' and '*'.");
        }

        if (options.HttpsPort is not null && !options.Tls.HasCertificates)
        {
            failures.Add("Gateway:HttpsPort needs Gateway:Tls:CertificatePath (with KeyPath) or Gateway:Tls:Folder, and neither is set.");
        }

        if (options.HttpsPort is null && (options.Tls.HasCertificates || options.Tls.RedirectHttp))
        {
            failures.Add("Gateway:Tls has settings, but Gateway:HttpsPort is unset; set it, for example to 8443.");
        }

        if (options.Peers.IsEnabled)
        {
            PeerOptionsRules.Check(options.Peers, source is not null, failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
