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

        if (options.HttpsPort is not null)
        {
            RequireFile("Gateway:CertificatePath", options.CertificatePath);
            RequireFile("Gateway:KeyPath", options.KeyPath);
        }

        if (options.Peers.IsEnabled)
        {
            PeerOptionsRules.Check(options.Peers, source is not null, failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void RequireFile(string key, string? path)
        {
            if (!File.Exists(path))
            {
                failures.Add($"{key} is '{path}'; Gateway:HttpsPort needs the path of an existing PEM file there.");
            }
        }
    }
}
