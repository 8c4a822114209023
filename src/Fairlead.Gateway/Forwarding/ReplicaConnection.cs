using System.Runtime.CompilerServices;

namespace Fairlead.Gateway.Forwarding;

/// <summary>One connection to a replica, its buffers and its deadline. Used by one request at a time.</summary>
internal sealed class ReplicaConnection : IDisposable
{
    private readonly IReplicaSocket _socket;
    private readonly ReplicaPool _pool;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _deadlineLock = new();
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(8 * 1024);
    private int _start;
    private int _end;
    private long _deadline;
    private long _timerAt;
    private int _closed;

    public ReplicaConnection(IReplicaSocket socket, ReplicaPool pool, TimeProvider time)
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

    /// <summary>Makes it ready for a request. False when it cannot be used: it has ended, or something came unasked.</summary>
    public bool TryBegin()
    {
        _start = _end = 0;
        return _socket.IsSilent();
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes);

    /// <summary>Receives more; 0 at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync()
    {
        MakeRoom();
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += read;
        return read;
    }

    /// <summary>Receives past its own buffer, which must be empty.</summary>
    public ValueTask<int> ReceiveIntoAsync(Memory<byte> target) => _socket.ReceiveAsync(target);

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
