using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Listening;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The pool of connections to replicas.</summary>
internal sealed class ReplicaConnections : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _connectTimeout;

    public ReplicaConnections(TimeProvider time, IOptions<GatewayOptions> options)
    {
        _time = time;
        _connectTimeout = options.Value.ReplicaConnectTimeout;
        Client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            // Shorter than any server's, so that none closes a connection as we use it.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            ConnectCallback = ConnectAsync,
        });
    }

    public HttpMessageInvoker Client { get; }

    public void Dispose() => Client.Dispose();

    // The handler's own ConnectTimeout ends as a cancellation, which could not be told from a scoring timeout.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_connectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"No connection to {context.DnsEndPoint} within {_connectTimeout}.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
