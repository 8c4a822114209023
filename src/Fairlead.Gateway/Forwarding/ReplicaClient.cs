using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The one HTTP client to all replicas. It changes nothing on the way: no redirects, cookies, decompression, proxy or
/// trace headers.</summary>
internal sealed class ReplicaClient(IOptions<GatewayOptions> options) : IDisposable
{
    // Shorter than the idle limit of a scoring host, so that the client is the one who closes.
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(30);

    public HttpMessageInvoker Invoker { get; } = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = false,
            ConnectTimeout = options.Value.ReplicaConnectTimeout,
            PooledConnectionIdleTimeout = IdleConnection,
            MaxResponseHeadersLength = 128,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        },
        disposeHandler: true);

    public void Dispose() => Invoker.Dispose();

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new MarkingStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
