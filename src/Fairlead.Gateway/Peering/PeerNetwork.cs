using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fairlead.Gateway.Coordination;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Peering;

/// <summary>One connection to each other gateway, kept up: the one with the smaller name connects. Where a refused connection
/// means that the gateway has ended, the other one tries too, but only whether anybody listens.</summary>
internal sealed partial class PeerNetwork(PeerOptions options, TimeProvider time, ILogger logger)
    : IPeerTransport, IAsyncDisposable
{
    private const int MaxHandshakes = 64;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly string _self = options.Address!;
    private readonly ConcurrentDictionary<string, PeerSlot> _slots = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _handshakes = new(MaxHandshakes);
    private readonly List<Task> _loops = [];
    private volatile HashSet<string> _wanted = [];
    private readonly HashSet<string> _dialled = [];
    private Socket? _listener;
    private CoordinationNode? _node;
    private bool _isDisposed;

    public void Send(string peer, in PeerMessage message)
    {
        if (_slots.TryGetValue(peer, out var slot))
        {
            slot.Current?.Send(message);
        }
    }

    /// <summary>Listens. Throws a <see cref="SocketException"/> when the address cannot be had.</summary>
    public void Start(CoordinationNode node)
    {
        _node = node;
        var own = IPEndPoint.Parse(_self);
        var bind = options.BindAddress switch
        {
            null or "" => own.Address,
            "*" => own.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any,
            var address => IPAddress.Parse(address),
        };
        _listener = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(bind, own.Port));
        _listener.Listen();
        _loops.Add(AcceptAllAsync(_stop.Token));
    }

    /// <summary>Keeps connections with these gateways from now on; one with another gateway is not made again.</summary>
    /// <remarks>One caller at a time.</remarks>
    public void Keep(IEnumerable<string> peers)
    {
        HashSet<string> wanted = [.. peers.Where(peer => peer != _self && (Connects(peer) || options.RefusedMeansEnded))];
        _wanted = wanted;
        _loops.RemoveAll(static loop => loop.IsCompletedSuccessfully);
        foreach (var peer in wanted)
        {
            bool isNew;
            lock (_dialled)
            {
                isNew = _dialled.Add(peer);
            }

            if (isNew)
            {
                _loops.Add(KeepAsync(peer, _stop.Token));
            }
        }
    }

    /// <summary>Ends connections on which nothing came for the time.</summary>
    public void EndSilent(TimeSpan silence)
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Current is { } connection && time.GetElapsedTime(connection.HeardAt) > silence)
            {
                connection.Abort();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stop.CancelAsync();
        _listener?.Dispose();
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_slots.Values.Select(static slot => slot.Current).FirstOrDefault(static one => one is not null) is { } last)
        {
            await last.Ended.Task;
        }

        _stop.Dispose();
        _handshakes.Dispose();
    }

    private async Task AcceptAllAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _handshakes.WaitAsync(cancellationToken);
            try
            {
                _ = AcceptAsync(await _listener!.AcceptAsync(cancellationToken), cancellationToken);
            }
            catch (SocketException exception)
            {
                // The one that connected has gone already.
                _handshakes.Release();
                LogAcceptFailed(exception.Message);
            }
        }
    }

    private async Task AcceptAsync(Socket socket, CancellationToken cancellationToken)
    {
        SecureChannel? channel = null;
        var peer = "";
        try
        {
            socket.NoDelay = true;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = Limit(limit);
            (channel, peer) = await PeerHandshake.AcceptAsync(socket, options.Key!, _self, limit.Token);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            socket.Dispose();
            LogRefused(exception.Message);
        }
        finally
        {
            _handshakes.Release();
        }

        if (channel is not null)
        {
            await RunAsync(peer, channel, cancellationToken);
        }
    }

    private async Task KeepAsync(string peer, CancellationToken cancellationToken)
    {
        var slot = Slot(peer);
        var address = IPEndPoint.Parse(peer);
        string? lastProblem = null;
        while (!cancellationToken.IsCancellationRequested && !IsDropped(peer))
        {
            if (slot.Current is { } current)
            {
                lastProblem = null;
                await current.Ended.Task.WaitAsync(cancellationToken);
                continue;
            }

            var startedAt = time.GetTimestamp();
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                using var timer = Limit(limit);
                if (await ConnectAsync(address, peer, limit.Token) is { } channel)
                {
                    await RunAsync(peer, channel, cancellationToken);
                }
            }
            catch (SocketException exception) when (
                options.RefusedMeansEnded && exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                _node!.Refused(peer, startedAt);
            }
            catch (Exception exception) when (IsExpected(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (exception.Message != lastProblem)
                {
                    lastProblem = exception.Message;
                    LogCannotConnect(peer, lastProblem);
                }
            }

            // A little different each time, so that gateways that start together do not stay in step.
            await Task.Delay(
                options.Heartbeat * (0.5 + (0.5 * Random.Shared.NextDouble())), time, cancellationToken);
        }
    }

    private async Task<SecureChannel?> ConnectAsync(
        IPEndPoint address, string peer, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            if (Connects(peer))
            {
                var channel = await PeerHandshake.DialAsync(socket, options.Key!, _self, peer, cancellationToken);
                socket = null;
                return channel;
            }

            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private async Task RunAsync(string peer, SecureChannel channel, CancellationToken cancellationToken)
    {
        var slot = Slot(peer);
        using var connection = new PeerConnection(peer, channel, time);
        while (!slot.TrySet(connection, out var older))
        {
            // The peer has connected again: it knows of the end of the older one before we do.
            older.Abort();
            await older.Ended.Task;
        }

        LogConnected(peer);
        _node!.LinkUp(peer);
        try
        {
            await connection.RunAsync(message => Receive(peer, message), cancellationToken);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            LogLost(peer, exception.Message);
        }
        finally
        {
            // In this order: nothing of the next connection may come before the end of this one is known.
            _node.LinkDown(peer);
            slot.Clear();
            connection.Ended.SetResult();
        }
    }

    private void Receive(string peer, in PeerMessage message)
    {
        if (message.Heartbeat is { } beat && beat.From.Id != peer)
        {
            throw new InvalidDataException($"The gateway '{peer}' calls itself '{beat.From.Id}'.");
        }

        _node!.Receive(peer, message);
    }

    private ITimer Limit(CancellationTokenSource source) => time.CreateTimer(
        static state =>
        {
            try
            {
                ((CancellationTokenSource)state!).Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was done just before.
            }
        },
        source, ConnectTimeout, Timeout.InfiniteTimeSpan);

    // Together with the end of its loop: the next time it is wanted, there is another.
    private bool IsDropped(string peer)
    {
        lock (_dialled)
        {
            return !_wanted.Contains(peer) && _dialled.Remove(peer);
        }
    }

    private bool Connects(string peer) => string.CompareOrdinal(_self, peer) < 0;

    private PeerSlot Slot(string peer) => _slots.GetOrAdd(peer, static _ => new PeerSlot());

    private static bool IsExpected(Exception exception) => exception
        is SocketException or IOException or InvalidDataException or CryptographicException or OperationCanceledException;

    [LoggerMessage(LogLevel.Information, "Connected with gateway {Peer}")]
    private partial void LogConnected(string peer);

    [LoggerMessage(LogLevel.Warning, "Lost the connection with gateway {Peer}: {Problem}")]
    private partial void LogLost(string peer, string problem);

    [LoggerMessage(LogLevel.Warning, "Cannot connect with gateway {Peer}: {Problem}")]
    private partial void LogCannotConnect(string peer, string problem);

    [LoggerMessage(LogLevel.Debug, "Refused a connection of a gateway: {Problem}")]
    private partial void LogRefused(string problem);

    [LoggerMessage(LogLevel.Debug, "A connection of a gateway ended before it was there: {Problem}")]
    private partial void LogAcceptFailed(string problem);

    private sealed class PeerSlot
    {
        private PeerConnection? _current;

        public PeerConnection? Current => Volatile.Read(ref _current);

        public bool TrySet(PeerConnection connection, out PeerConnection older)
        {
            older = Interlocked.CompareExchange(ref _current, connection, null)!;
            return older is null;
        }

        public void Clear() => Volatile.Write(ref _current, null);
    }
}
