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
    private readonly StringBuilder _received = new();
    private readonly TimeSpan _drip;
    private int _connections;
    private int _open;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Sent after each piece of a request.</param>
    /// <param name="closes">Whether it closes after its first answer.</param>
    /// <param name="drip">Pause between the bytes of an answer; zero sends it at once.</param>
    public RawPeer(string answer, bool closes, TimeSpan drip = default)
    {
        _drip = drip;
        _listener.Start();
        _accepting = AcceptAsync(Encoding.Latin1.GetBytes(answer), closes);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Connections that nobody has closed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>All that came, a byte a character.</summary>
    public string Received
    {
        get
        {
            lock (_received)
            {
                return _received.ToString();
            }
        }
    }

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
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The last when the listener ended between two connections.
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client, byte[] answer, bool closes)
    {
        using (client)
        {
            try
            {
                Interlocked.Increment(ref _open);
                var buffer = new byte[8192];
                int read;
                while ((read = await client.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
                {
                    lock (_received)
                    {
                        _received.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    }

                    await AnswerAsync(client.GetStream(), answer);
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
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, byte[] answer)
    {
        var piece = _drip == TimeSpan.Zero ? Math.Max(1, answer.Length) : 1;
        for (var sent = 0; sent < answer.Length; sent += piece)
        {
            await stream.WriteAsync(answer.AsMemory(sent, piece), _stop.Token);
            if (_drip > TimeSpan.Zero)
            {
                await Task.Delay(_drip, _stop.Token);
            }
        }
    }
}
