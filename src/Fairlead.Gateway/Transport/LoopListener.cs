using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Fairlead.Gateway.Transport;

/// <summary>Takes the connections of a port and gives them to the loops in turn.</summary>
internal sealed class LoopListener(Socket socket, IoLoops loops, MemoryPool<byte> pool) : IConnectionListener
{
    private static long _connections;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken);
                accepted.NoDelay = true;
                accepted.Blocking = false;
                var id = "c" + Interlocked.Increment(ref _connections).ToString("x", CultureInfo.InvariantCulture);
                var connection = new LoopConnection(accepted, new LoopSocket(accepted, loops.Next(), connected: true), pool, id);
                connection.Start();
                return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (Win32Exception)
            {
                // It went before it was taken, or the system has no room for it; a SocketException is one of these.
                accepted?.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
