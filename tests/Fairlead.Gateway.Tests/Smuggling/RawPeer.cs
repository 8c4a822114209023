using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fairlead.Gateway.Tests.Smuggling;

/// <summary>A replica of raw bytes: it reads one request a connection and answers what a test wrote.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    public RawPeer(string answer, bool closes)
    {
        _listener.Start();
        _accepting = AcceptAsync(Encoding.Latin1.GetBytes(answer), closes);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(byte[] answer, bool closes)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                open.Add(ServeAsync(client, answer, closes));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client, byte[] answer, bool closes)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[8192];
                while (await client.GetStream().ReadAsync(buffer, _stop.Token) > 0)
                {
                    await client.GetStream().WriteAsync(answer, _stop.Token);
                    if (closes)
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The gateway closed, or the test has ended.
            }
        }
    }
}
