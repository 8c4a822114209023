using System.ComponentModel.DataAnnotations;

namespace Fairlead.Gateway;

/// <summary>The other gateways of the same compute target. Without an address this gateway is alone.</summary>
public sealed record PeerOptions
{
    /// <summary>IP address and port at which the other gateways reach this one, as they name it too:
    /// <c>10.0.0.1:8490</c>, <c>[fd00::1]:8490</c>. Also its name among them. Default none: it is alone.</summary>
    public string? Address { get; set; }

    /// <summary>IP address to listen on for the others, or <c>*</c> for any. Default the one of
    /// <see cref="Address"/>.</summary>
    public string? BindAddress { get; set; }

    /// <summary>The secret that all of them share, 32 characters or more, random: who knows it is a gateway.</summary>
    public string? Key { get; set; }

    /// <summary>Addresses of all gateways, with commas between; this one may be among them. The same list everywhere.
    /// Default none; needs either this or <see cref="DnsName"/>.</summary>
    public string? Addresses { get; set; }

    /// <summary>A DNS name with the IP address of each gateway, all at the port of <see cref="Address"/>. Default none;
    /// needs <see cref="Count"/>.</summary>
    public string? DnsName { get; set; }

    /// <summary>How many gateways there are at most at a time; more than half of them make decisions. Default 0: as many as
    /// <see cref="Addresses"/> names.</summary>
    [Range(0, 1000)]
    public int Count { get; set; }

    /// <summary>Count a gateway as ended, with its requests, as soon as its address refuses connections: others take over
    /// at once, and one of two goes on alone. Only for networks in which nothing else refuses in a gateway's place, as a
    /// rejecting firewall does. Default false.</summary>
    public bool RefusedMeansEnded { get; set; }

    /// <summary>How often they hear from each other. A gateway that is silent for four of these is left out, one that is
    /// cut off stops after seven. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:00:10")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>There are others.</summary>
    internal bool IsEnabled => !string.IsNullOrEmpty(Address);
}
