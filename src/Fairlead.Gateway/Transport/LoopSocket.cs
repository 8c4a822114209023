using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Fairlead.Gateway.Transport;

/// <summary>A connected socket of a loop. One receive and one send at a time; closing ends both.</summary>
internal sealed class LoopSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly Lock _lock = new();
    private readonly Wait _read = new();
    private readonly Wait _write = new();

    // Whether a call may succeed. The system tells when it becomes so; a call that fails or comes short tells when it ends.
    private bool _canRead;
    private bool _canWrite;
    private bool _hasEnd;
    private bool _isClosed;

    /// <param name="socket">Connected, or about to be; it belongs to this one from now on.</param>
    /// <param name="loop">Where it lives.</param>
    /// <param name="connected">False: wait until it can be written, then see <see cref="ThrowIfNotConnected"/>.</param>
    public LoopSocket(Socket socket, IoLoop loop, bool connected)
    {
        _socket = socket;
        Loop = loop;
        _canWrite = connected;
        loop.Add(this, socket);
    }

    public IoLoop Loop { get; }

    /// <summary>Its number in the loop.</summary>
    public ulong Number { get; set; }

    /// <summary>Whether the other side has sent nothing and not closed, as far as the system knows now.</summary>
    public bool IsSilent()
    {
        lock (_lock)
        {
            return !_isClosed && !_socket.Poll(0, SelectMode.SelectRead);
        }
    }

    /// <summary>Completes when a receive may succeed, or fail.</summary>
    public ValueTask ReadableAsync() => WaitAsync(_read, ref _canRead);

    /// <summary>Completes when a send may succeed, or fail.</summary>
    public ValueTask WritableAsync() => WaitAsync(_write, ref _canWrite);

    /// <summary>Receives what is there; 0 at the end, -1 when there is nothing yet.</summary>
    /// <exception cref="SocketException">The connection is broken, or closed here.</exception>
    public int TryReceive(Span<byte> buffer)
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (!_canRead)
            {
                return -1;
            }

            var read = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                _canRead = false;
                return -1;
            }

            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            // Less than there was room for: nothing is left, and the next byte will be told.
            _canRead = read == buffer.Length || _hasEnd || read == 0;
            return read;
        }
    }

    /// <summary>Sends as much as goes; 0 when nothing does yet.</summary>
    /// <exception cref="SocketException">The connection is broken, or closed here.</exception>
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (!_canWrite)
            {
                return 0;
            }

            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                _canWrite = false;
                return 0;
            }

            return error == SocketError.Success ? sent : throw new SocketException((int)error);
        }
    }

    /// <summary>Receives what comes next; 0 at the end.</summary>
    /// <exception cref="SocketException">The connection is broken, or closed here.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        int read;
        while ((read = TryReceive(buffer.Span)) < 0)
        {
            await ReadableAsync();
        }

        return read;
    }

    /// <summary>Sends all of it; returns how much that was.</summary>
    /// <exception cref="SocketException">The connection is broken, or closed here.</exception>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = TrySend(bytes.Span);
        return sent == bytes.Length ? new ValueTask<int>(sent) : SendRestAsync(bytes, sent);
    }

    /// <summary>Says how the connecting ended.</summary>
    public void ThrowIfNotConnected()
    {
        lock (_lock)
        {
            ThrowIfClosed();
            var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
        }
    }

    /// <summary>Ends both directions, so that the other side learns of it.</summary>
    public void Shutdown()
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                try
                {
                    _socket.Shutdown(SocketShutdown.Both);
                }
                catch (SocketException)
                {
                    // The other side was earlier.
                }
            }
        }
    }

    /// <summary>Closes it. Any thread, more than once. Who waits goes on elsewhere, with an error.</summary>
    public void Dispose()
    {
        bool reads, writes;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            Loop.Remove(Number);
            _socket.Dispose();
            reads = _read.TryEnd();
            writes = _write.TryEnd();
        }

        if (reads)
        {
            _read.CompleteElsewhere();
        }

        if (writes)
        {
            _write.CompleteElsewhere();
        }
    }

    /// <summary>Called by the loop, on its thread.</summary>
    public void OnReady(uint flags)
    {
        bool reads = false, writes = false;
        lock (_lock)
        {
            const uint Ends = Epoll.PeerClosed | Epoll.HungUp | Epoll.Failed;
            if ((flags & Ends) != 0)
            {
                _hasEnd = true;
            }

            if ((flags & (Epoll.Readable | Ends)) != 0)
            {
                _canRead = true;
                reads = _read.TryEnd();
            }

            if ((flags & (Epoll.Writable | Epoll.HungUp | Epoll.Failed)) != 0)
            {
                _canWrite = true;
                writes = _write.TryEnd();
            }
        }

        if (reads)
        {
            _read.Complete();
        }

        if (writes)
        {
            _write.Complete();
        }
    }

    private async ValueTask<int> SendRestAsync(ReadOnlyMemory<byte> bytes, int sent)
    {
        while (sent < bytes.Length)
        {
            await WritableAsync();
            sent += TrySend(bytes.Span[sent..]);
        }

        return sent;
    }

    private ValueTask WaitAsync(Wait wait, ref bool can)
    {
        lock (_lock)
        {
            return can || _isClosed ? ValueTask.CompletedTask : wait.Begin();
        }
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new SocketException((int)SocketError.OperationAborted);
        }
    }

    // Reused: one wait at a time. All but the completion is guarded by the socket's lock.
    private sealed class Wait : IValueTaskSource, IThreadPoolWorkItem
    {
        private ManualResetValueTaskSourceCore<bool> _core;
        private bool _isPending;

        public ValueTask Begin()
        {
            if (_isPending)
            {
                throw new InvalidOperationException("Another wait has not ended.");
            }

            _isPending = true;
            return new ValueTask(this, _core.Version);
        }

        public bool TryEnd()
        {
            var was = _isPending;
            _isPending = false;
            return was;
        }

        public void Complete() => _core.SetResult(true);

        public void CompleteElsewhere() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

        public void Execute() => Complete();

        public void GetResult(short token)
        {
            _core.GetResult(token);
            _core.Reset();
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
