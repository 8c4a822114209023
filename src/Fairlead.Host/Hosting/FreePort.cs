using System.Net;
using System.Net.Sockets;

namespace Fairlead.Host.Hosting;

/// <summary>Turns port 0 into a number before anything starts, since scoring URLs are made from it.</summary>
internal static class FreePort
{
    /// <summary>Below the ports that systems hand out by themselves (from 32768): those may be taken by any connection
    /// between this choice and the server's start.</summary>
    private const int First = 20_000;
    private const int Last = 32_767;
    private const int Tries = 100;

    public static int OrFree(int port, string address)
    {
        if (port != 0)
        {
            return port;
        }

        var parsed = ParseAddress(address);
        for (var i = 0; i < Tries; i++)
        {
            var candidate = Random.Shared.Next(First, Last + 1);
            if (TryBind(parsed, candidate) is { } free)
            {
                return free;
            }
        }

        return TryBind(parsed, 0) ?? throw new StartupException(
            ExitCodes.PortInUse, $"No port of {address} is free.");
    }

    /// <summary>Whether another program listens there now.</summary>
    public static bool IsTaken(string address, int port)
    {
        var parsed = address == "*" ? IPAddress.IPv6Any : ParseAddress(address);
        try
        {
            using var probe = new Socket(parsed.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address == "*")
            {
                probe.DualMode = true;
            }

            probe.Bind(new IPEndPoint(parsed, port));
            return false;
        }
        catch (SocketException exception)
        {
            // Anything else is told by who listens in earnest.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    private static int? TryBind(IPAddress address, int port)
    {
        try
        {
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(address, port));
            return ((IPEndPoint)probe.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return null;
        }
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
