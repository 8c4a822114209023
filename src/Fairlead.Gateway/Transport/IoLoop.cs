using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Fairlead.Gateway.Transport;

/// <summary>A thread that waits for its sockets and runs what follows right there: a request goes from its client to a replica
/// and back without changing threads. What runs on it must never block.</summary>
internal sealed class IoLoop : PipeScheduler, IDisposable
{
    // Work that others gave is done in portions, so that it cannot keep the sockets waiting.
    private const int MostWork = 256;

    [ThreadStatic]
    private static IoLoop? _current;

    private readonly Epoll _epoll = new();
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _work = new();
    private readonly Lock _socketsLock = new();
    private readonly Stack<int> _free = new();
    private readonly Thread _thread;
    private LoopSocket?[] _sockets = new LoopSocket?[64];
    private int _used;
    private uint _generation;
    private int _sleeps;
    private int _disposed;
    private volatile bool _ended;

    public IoLoop(int index)
    {
        Index = index;
        _thread = new Thread(Run) { IsBackground = true, Name = FormattableString.Invariant($"gateway-io-{index}") };
        _thread.UnsafeStart();
    }

    /// <summary>The loop whose thread this is; null on any other thread.</summary>
    public static IoLoop? Current => _current;

    /// <summary>Its place among the gateway's loops.</summary>
    public int Index { get; }

    /// <summary>Runs it on the loop's thread, later.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        _work.Enqueue((action, state));
        Interlocked.MemoryBarrier();
        if (_current != this && Volatile.Read(ref _sleeps) == 1 && Interlocked.Exchange(ref _sleeps, 0) == 1)
        {
            _epoll.Wake();
        }
    }

    /// <summary>Reports the socket's readiness to it, until it is removed and closed.</summary>
    /// <returns>The number to remove it by.</returns>
    public ulong Add(LoopSocket socket, Socket system)
    {
        ulong number;
        lock (_socketsLock)
        {
            if (!_free.TryPop(out var index))
            {
                index = _used++;
                if (index == _sockets.Length)
                {
                    Array.Resize(ref _sockets, 2 * index);
                }
            }

            number = ((ulong)++_generation << 32) | (uint)index;
            socket.Number = number;
            Volatile.Write(ref _sockets[index], socket);
        }

        try
        {
            _epoll.Register(system.Handle, number);
        }
        catch
        {
            Remove(number);
            throw;
        }

        return number;
    }

    public void Remove(ulong number)
    {
        lock (_socketsLock)
        {
            var index = (int)(uint)number;
            if (_sockets[index]?.Number == number)
            {
                _sockets[index] = null;
                _free.Push(index);
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ended = true;
            _epoll.Wake();
            if (_current != this)
            {
                // Nobody wakes it after this, so the descriptors may go.
                _thread.Join();
                _epoll.Dispose();
            }
        }
    }

    private void Run()
    {
        _current = this;
        while (!_ended)
        {
            for (var done = 0; done < MostWork && _work.TryDequeue(out var item); done++)
            {
                item.Action(item.State);
            }

            Volatile.Write(ref _sleeps, 1);
            Interlocked.MemoryBarrier();
            var count = _epoll.Wait(forever: _work.IsEmpty && !_ended);
            Volatile.Write(ref _sleeps, 0);
            for (var i = 0; i < count; i++)
            {
                var (number, flags) = _epoll.Read(i);
                if (number != ulong.MaxValue && Volatile.Read(ref _sockets)[(uint)number] is { } socket && socket.Number == number)
                {
                    socket.OnReady(flags);
                }
            }
        }
    }
}
