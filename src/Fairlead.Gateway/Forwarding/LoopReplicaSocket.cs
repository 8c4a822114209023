using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Transport;

namespace Fairlead.Gateway.Forwarding;

/// <summary>A connection on a loop: what comes is handled on the loop's thread.</summary>
internal sealed class LoopReplicaSocket(LoopSocket socket) : IReplicaSocket
{
    /// <summary>Tries the addresses of the host in their order.</summary>
    public static async ValueTask<IReplicaSocket> ConnectAsync(Uri address, IoLoop loop, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address.IdnHost, out var ip))
        {
            return await ConnectAsync(new IPEndPoint(ip, address.Port), loop, cancellationToken);
        }

        SocketException? failure = null;
        foreach (var candidate in await Dns.GetHostAddressesAsync(address.IdnHost, cancellationToken))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(candidate, address.Port), loop, cancellationToken);
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    public bool IsSilent() => socket.IsSilent();

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes);

    public void Dispose() => socket.Dispose();

    private static async ValueTask<IReplicaSocket> ConnectAsync(IPEndPoint target, IoLoop loop, CancellationToken cancellationToken)
    {
        var system = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        LoopSocket? socket = null;
        try
        {
            try
            {
                system.Connect(target);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // The usual case: it is told when it is connected.
            }

            socket = new LoopSocket(system, loop, connected: false);
            await using (cancellationToken.UnsafeRegister(static state => ((LoopSocket)state!).Dispose(), socket))
            {
                await socket.WritableAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            socket.ThrowIfNotConnected();
            return new LoopReplicaSocket(socket);
        }
        catch
        {
            socket?.Dispose();
            system.Dispose();
            throw;
        }
    }
}
