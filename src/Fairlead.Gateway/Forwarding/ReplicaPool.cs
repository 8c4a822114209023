namespace Fairlead.Gateway.Forwarding;

/// <summary>The idle connections to one replica; the one used last is used next.</summary>
/// <remarks>Any thread may call. Connections are closed outside of the lock.</remarks>
internal sealed class ReplicaPool
{
    /// <summary>Most connections that wait; a replica that takes more requests at a time than this gets new ones for the
    /// rest.</summary>
    public const int MaxIdle = 128;

    private readonly Lock _lock = new();
    private readonly ReplicaConnection?[] _idle = new ReplicaConnection?[MaxIdle];
    private int _count;
    private bool _closed;

    public ReplicaConnection? TryPop()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return null;
            }

            var connection = _idle[--_count];
            _idle[_count] = null;
            return connection;
        }
    }

    /// <summary>Keeps the connection, or closes it when there are too many or the replica has left.</summary>
    public void Push(ReplicaConnection connection)
    {
        lock (_lock)
        {
            if (!_closed && _count < MaxIdle)
            {
                _idle[_count++] = connection;
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>Closes those that have been idle since the timestamp or longer.</summary>
    public void Trim(long since)
    {
        var old = Array.Empty<ReplicaConnection?>();
        lock (_lock)
        {
            // They were pushed in the order of time.
            var end = 0;
            while (end < _count && _idle[end]!.IdleSince <= since)
            {
                end++;
            }

            if (end > 0)
            {
                old = _idle[..end];
                Array.Copy(_idle, end, _idle, 0, _count - end);
                Array.Clear(_idle, _count - end, end);
                _count -= end;
            }
        }

        Close(old);
    }

    /// <summary>Closes all, and those in use when they come back.</summary>
    public void Close()
    {
        ReplicaConnection?[] all;
        lock (_lock)
        {
            _closed = true;
            all = _idle[.._count];
            Array.Clear(_idle);
            _count = 0;
        }

        Close(all);
    }

    private static void Close(ReplicaConnection?[] connections)
    {
        foreach (var connection in connections)
        {
            connection?.Dispose();
        }
    }
}
