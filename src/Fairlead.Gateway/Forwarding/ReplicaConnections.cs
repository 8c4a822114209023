using System.Collections.Concurrent;
using System.Net.Sockets;
using Fairlead.Gateway.Transport;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The connections to all replicas that wait for a next request.</summary>
internal sealed class ReplicaConnections : IDisposable
{
    // Shorter than the idle limit of a scoring host, so that the gateway is the one who closes.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ReplicaPool[]> _pools = new(StringComparer.Ordinal);
    private readonly IoLoops _loops;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private volatile bool _disposed;

    public ReplicaConnections(IOptions<GatewayOptions> options, IoLoops loops, TimeProvider time)
    {
        _loops = loops;
        _connectTimeout = options.Value.ReplicaConnectTimeout;
        _time = time;
        _sweep = time.CreateTimer(static state => ((ReplicaConnections)state!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>An idle connection that is alive and silent, begun; null when there is none. On a loop, one of this loop.</summary>
    public ReplicaConnection? TryTake(Uri address)
    {
        if (!_pools.TryGetValue(address.OriginalString, out var pools))
        {
            return null;
        }

        if (IoLoop.Current is { } loop && loop.Index < pools.Length)
        {
            return TryTake(pools[loop.Index]);
        }

        foreach (var pool in pools)
        {
            if (TryTake(pool) is { } connection)
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>A new connection, begun.</summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time, or the client has gone.</exception>
    public async ValueTask<ReplicaConnection> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_connectTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var loop = _loops.Count == 0 ? null : IoLoop.Current ?? _loops.Next();
        var socket = loop is null
            ? await RuntimeReplicaSocket.ConnectAsync(address, both.Token)
            : await LoopReplicaSocket.ConnectAsync(address, loop, both.Token);
        var pools = _pools.GetOrAdd(
            address.OriginalString,
            static (_, count) => [.. Enumerable.Range(0, count).Select(static _ => new ReplicaPool())], Math.Max(1, _loops.Count));
        if (_disposed)
        {
            Close(pools);
        }

        var connection = new ReplicaConnection(socket, pools[loop?.Index ?? 0], _time);
        if (!connection.TryBegin())
        {
            connection.Dispose();
            throw new SocketException((int)SocketError.ConnectionReset);
        }

        return connection;
    }

    /// <summary>Takes back a connection whose answer was read to its end.</summary>
    public static void Return(ReplicaConnection connection) => connection.Return();

    /// <summary>Closes the connections to a replica that has left: the idle ones now, the others after their request.</summary>
    public void Drop(Uri address)
    {
        if (_pools.TryRemove(address.OriginalString, out var pools))
        {
            Close(pools);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _sweep.Dispose();
        foreach (var (_, pools) in _pools)
        {
            Close(pools);
        }
    }

    private void Sweep()
    {
        var since = _time.GetTimestamp() - (long)(IdleLimit.TotalSeconds * _time.TimestampFrequency);
        foreach (var (_, pools) in _pools)
        {
            foreach (var pool in pools)
            {
                pool.Trim(since);
            }
        }
    }

    private static ReplicaConnection? TryTake(ReplicaPool pool)
    {
        while (pool.TryPop() is { } connection)
        {
            if (connection.TryBegin())
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    private static void Close(ReplicaPool[] pools)
    {
        foreach (var pool in pools)
        {
            pool.Close();
        }
    }
}
