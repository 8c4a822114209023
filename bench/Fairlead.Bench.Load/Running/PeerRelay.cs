using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Bench.Load.Running;

/// <summary>The network between gateways: each listens at an address of its own, and the others reach it only through here. A pair can be
/// cut: then nothing passes, and nobody is told, as when packets are dropped.</summary>
internal sealed class PeerRelay : IDisposable
{
    private readonly List<TcpListener> _listeners = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Func<int, int> _gatewayOf;
    private volatile Tuple<int, int>? _cut;

    /// <param name="ports">Of each gateway, at <see cref="PublicAddress"/> and at <see cref="OwnAddress"/>.</param>
    /// <param name="gatewayOf">Number of the gateway with this process id.</param>
    public PeerRelay(IReadOnlyList<int> ports, Func<int, int> gatewayOf)
    {
        _gatewayOf = gatewayOf;
        for (var i = 0; i < ports.Count; i++)
        {
            var listener = new TcpListener(IPAddress.Parse(PublicAddress(i)), ports[i]);
            listener.Start();
            _listeners.Add(listener);
            _ = AcceptAsync(listener, i, ports[i]);
        }
    }

    public static string PublicAddress(int gateway) => $"127.0.1.{gateway + 1}";

    public static string OwnAddress(int gateway) => $"127.0.2.{gateway + 1}";

    public void Cut(int one, int other) => _cut = Tuple.Create(one, other);

    public void Heal() => _cut = null;

    public void Dispose()
    {
        _end.Cancel();
        _listeners.ForEach(static listener => listener.Dispose());
    }

    private async Task AcceptAsync(TcpListener listener, int to, int port)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_end.Token);
                _ = RelayAsync(client, to, port);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The benchmark has ended.
        }
    }

    private async Task RelayAsync(TcpClient client, int to, int port)
    {
        using var incoming = client;
        using var outgoing = new TcpClient();
        try
        {
            incoming.NoDelay = outgoing.NoDelay = true;
            var from = _gatewayOf(OwnerOf(((IPEndPoint)incoming.Client.RemoteEndPoint!).Port));
            await WhileCutAsync(from, to);
            await outgoing.ConnectAsync(OwnAddress(to), port, _end.Token);
            await Task.WhenAny(
                CopyAsync(incoming.GetStream(), outgoing.GetStream(), from, to), CopyAsync(outgoing.GetStream(), incoming.GetStream(), from, to));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of them has closed.
        }
    }

    private async Task CopyAsync(NetworkStream source, NetworkStream target, int from, int to)
    {
        try
        {
            var buffer = new byte[16384];
            int read;
            while ((read = await source.ReadAsync(buffer, _end.Token)) > 0)
            {
                await WhileCutAsync(from, to);
                await target.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of them has closed.
        }
    }

    private async Task WhileCutAsync(int from, int to)
    {
        while (_cut is { } cut && ((cut.Item1 == from && cut.Item2 == to) || (cut.Item1 == to && cut.Item2 == from)))
        {
            await Clock.DelayAsync(0.01, _end.Token);
        }
    }

    // The process with the local end of a connection to here, or 0.
    private static int OwnerOf(int port)
    {
        var local = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        var inode = File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1].EndsWith(local, StringComparison.Ordinal))?[9];
        var link = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(static path => char.IsAsciiDigit(path[6])))
        {
            try
            {
                if (Directory.EnumerateFiles(process + "/fd").Any(file => new FileInfo(file).LinkTarget == link))
                {
                    return int.Parse(process.AsSpan(6), CultureInfo.InvariantCulture);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }
        }

        return 0;
    }
}
