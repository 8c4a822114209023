using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Fairlead.Gateway.Forwarding;

/// <summary>One connection to a replica, its buffers and its deadline. Used by one request at a time.</summary>
internal sealed class ReplicaConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly ReplicaPool _pool;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _deadlineLock = new();
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(8 * 1024);
    private int _start;
    private int _end;
    private ValueTask<int> _early;
    private int _hasEarly;
    private long _deadline;
    private long _timerAt;
    private int _closed;

    public ReplicaConnection(Socket socket, ReplicaPool pool, TimeProvider time)
    {
        _socket = socket;
        _pool = pool;
        _time = time;
        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static state => ((ReplicaConnection)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public HeadBuffer Head { get; } = new();

    public ResponseHead Answer { get; } = new();

    /// <summary>Bytes of the answer's body that went on to the client.</summary>
    public long PassedOn { get; set; }

    /// <summary>Timestamp of its return to the pool.</summary>
    public long IdleSince { get; private set; }

    /// <summary>Whether the deadline closed it.</summary>
    public bool TimedOut { get; private set; }

    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Begins to receive, before anything is sent: a connection that has ended, or on which something came unasked,
    /// answers at once.</summary>
    /// <returns>False when it cannot be used.</returns>
    public bool TryBegin()
    {
        _start = _end = 0;
        try
        {
#pragma warning disable CA2012 // Awaited once: by the first ReceiveAsync, or by Dispose.
            _early = _socket.ReceiveAsync(_buffer.AsMemory(), SocketFlags.None);
#pragma warning restore CA2012
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }

        Volatile.Write(ref _hasEarly, 1);
        return !_early.IsCompleted;
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Receives more; 0 at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync()
    {
        int read;
        if (Interlocked.Exchange(ref _hasEarly, 0) == 1)
        {
            read = await _early;
        }
        else
        {
            MakeRoom();
            read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
        }

        _end += read;
        return read;
    }

    /// <summary>Receives past its own buffer, which must be empty.</summary>
    public ValueTask<int> ReceiveIntoAsync(Memory<byte> target) => _socket.ReceiveAsync(target, SocketFlags.None);

    public void Consume(int count) => _start += count;

    /// <summary>Closes it after the time, unless the deadline is set again or cleared.</summary>
    public void SetDeadline(TimeSpan after)
    {
        var at = _time.GetTimestamp() + (long)(after.TotalSeconds * _time.TimestampFrequency);
        lock (_deadlineLock)
        {
            _deadline = at;
            if (_timerAt == 0 || _timerAt > at)
            {
                // The timer is left alone while it rings early enough: setting it costs more than the rest of a request.
                _timerAt = at;
                _timer.Change(after, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void ClearDeadline()
    {
        lock (_deadlineLock)
        {
            _deadline = 0;
        }
    }

    /// <summary>Gives it to the next request.</summary>
    public void Return()
    {
        IdleSince = _time.GetTimestamp();
        _pool.Push(this);
    }

    /// <summary>Ends all that goes on. Any thread may call it, more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _timer.Dispose();
            _socket.Dispose();
            if (Interlocked.Exchange(ref _hasEarly, 0) == 1)
            {
                _ = DropAsync(_early);
            }
        }
    }

    private static async Task DropAsync(ValueTask<int> receive)
    {
        try
        {
            await receive;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It was closed by us.
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_start > 0)
        {
            Received.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
    }

    private void OnTimer()
    {
        lock (_deadlineLock)
        {
            _timerAt = 0;
            if (_deadline == 0)
            {
                return;
            }

            var left = _deadline - _time.GetTimestamp();
            if (left > 0)
            {
                _timerAt = _deadline;
                _timer.Change(TimeSpan.FromSeconds((double)left / _time.TimestampFrequency) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }

            TimedOut = true;
        }

        Dispose();
    }
}
