using System.Net;
using Fairlead.Gateway.Peering;

namespace Fairlead.Gateway;

/// <summary>The rules for a gateway that is one of several.</summary>
internal static class PeerOptionsRules
{
    private const int MinKeyLength = 32;

    /// <param name="hasSource">The host itself finds the others.</param>
    public static void Check(PeerOptions options, bool hasSource, List<string> failures)
    {
        CheckAddress("Gateway:Peers:Address", options.Address!);
        if (options.BindAddress is { Length: > 0 } and not "*" && !IPAddress.TryParse(options.BindAddress, out _))
        {
            failures.Add($"Gateway:Peers:BindAddress is '{options.BindAddress}'; allowed are an IP address and '*'.");
        }

        if ((options.Key?.Length ?? 0) < MinKeyLength)
        {
            failures.Add(
                $"Gateway:Peers:Key has {options.Key?.Length ?? 0} characters; a gateway that is one of several needs the "
                + $"secret of all of them, {MinKeyLength} characters or more.");
        }

        var listed = ListedPeers.Split(options.Addresses);
        var isNamed = !string.IsNullOrEmpty(options.DnsName);
        if (!hasSource && isNamed == listed.Length > 0)
        {
            failures.Add("Gateway:Peers needs either Addresses or DnsName, to find the other gateways by.");
        }

        if (isNamed && options.Count == 0)
        {
            failures.Add("Gateway:Peers:Count is 0; Gateway:Peers:DnsName needs the number of gateways that run at most.");
        }

        foreach (var address in listed)
        {
            CheckAddress("Gateway:Peers:Addresses", address);
        }

        void CheckAddress(string key, string address)
        {
            // Names are compared as text, so there must be one way to write each.
            if (!IPEndPoint.TryParse(address, out var parsed) || parsed.Port == 0 || parsed.ToString() != address)
            {
                failures.Add($"{key} has '{address}'; allowed is an IP address with a port, as in 10.0.0.1:8490.");
            }
        }
    }
}
