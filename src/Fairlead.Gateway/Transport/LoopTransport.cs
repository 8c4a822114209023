using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fairlead.Gateway.Transport;

/// <summary>Opens the web server's ports on the gateway's loops.</summary>
internal sealed class LoopTransport(IoLoops loops, IMemoryPoolFactory<byte> pools)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private const int Backlog = 1024;

    private readonly Lazy<MemoryPool<byte>> _pool = new(() => pools.Create());

    public bool CanBind(EndPoint endpoint) => loops.Count > 0 && endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen(Backlog);
            return new(new LoopListener(socket, loops, _pool.Value));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
    }
}
