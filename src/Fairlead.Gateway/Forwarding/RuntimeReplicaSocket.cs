using System.Net;
using System.Net.Sockets;

namespace Fairlead.Gateway.Forwarding;

/// <summary>A connection through the runtime's sockets.</summary>
internal sealed class RuntimeReplicaSocket(Socket socket) : IReplicaSocket
{
    public static async ValueTask<IReplicaSocket> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), cancellationToken);
            return new RuntimeReplicaSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public bool IsSilent()
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    public void Dispose() => socket.Dispose();
}
