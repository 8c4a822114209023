using System.Net;
using System.Net.Sockets;

namespace Fairlead.Host.Up;

/// <summary>Turns port 0 into a number before anything starts, since scoring URLs are made from it.</summary>
internal static class FreePort
{
    public static int OrFree(int port, string address)
    {
        if (port != 0)
        {
            return port;
        }

        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(ParseAddress(address), 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    public static IPAddress ParseAddress(string address) =>
        address == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(address, out var parsed) ? parsed
        : throw new StartupException(
            ExitCodes.BadSetting, $"'--bind' is '{address}', but must be an IP address such as 127.0.0.1 or 0.0.0.0.");

    /// <summary>How others write the address in a URL.</summary>
    public static string UrlHost(string address)
    {
        var parsed = ParseAddress(address);
        return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any) ? Dns.GetHostName()
            : parsed.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{parsed}]"
            : parsed.ToString();
    }
}
