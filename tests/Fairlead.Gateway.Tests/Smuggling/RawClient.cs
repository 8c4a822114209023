using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Smuggling;

/// <summary>A client of raw bytes.</summary>
internal static class RawClient
{
    /// <summary>Sends the text and reads until the gateway closes; a reset ends the answer too.</summary>
    public static async Task<string> SendAsync(Uri address, string text)
    {
        using var limit = new CancellationTokenSource(GatewayFixture.Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, limit.Token);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), limit.Token);
        using var received = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(received, limit.Token);
        }
        catch (IOException)
        {
            // Closed with bytes of ours unread.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }
}
