using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Transport;

namespace Fairlead.Gateway.Tests.Transport;

public sealed class LoopSocketTests : IDisposable
{
    private readonly IoLoop _loop = new(0);
    private readonly Socket _other;
    private readonly LoopSocket _socket;

    public LoopSocketTests()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _other.Connect(listener.LocalEndPoint!);
        var accepted = listener.Accept();
        accepted.Blocking = false;
        _socket = new LoopSocket(accepted, _loop, connected: true);
    }

    [Fact]
    public async Task Bytes_WhenTheyCome_EndTheWaitOnTheLoop()
    {
        var waiting = ReadableOnAsync();

        _other.Send("ab"u8);

        Assert.Same(_loop, await waiting);
        var buffer = new byte[8];
        Assert.Equal(2, _socket.TryReceive(buffer));
        Assert.Equal(-1, _socket.TryReceive(buffer));
    }

    [Fact]
    public async Task End_AfterBytes_IsReadAfterThem()
    {
        _other.Send("ab"u8);
        _other.Shutdown(SocketShutdown.Send);

        var buffer = new byte[8];
        Assert.Equal(2, await _socket.ReceiveAsync(buffer));
        Assert.Equal(0, await _socket.ReceiveAsync(buffer));
        Assert.False(_socket.IsSilent());
    }

    [Fact]
    public async Task Bytes_ThatFillTheBuffer_LeaveTheRestReadable()
    {
        _other.Send("abcdef"u8);

        var buffer = new byte[4];
        Assert.Equal(4, await _socket.ReceiveAsync(buffer));
        Assert.Equal(2, await _socket.ReceiveAsync(buffer));
    }

    [Fact]
    public async Task Bytes_ThatFillTheBufferAndAreAll_LeaveItSilent()
    {
        _other.Send("abcd"u8);

        Assert.Equal(4, await _socket.ReceiveAsync(new byte[4]));

        Assert.True(_socket.IsSilent());
    }

    [Fact]
    public async Task Close_WhileSomebodyWaits_EndsTheWait()
    {
        var waiting = _socket.ReadableAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        _socket.Dispose();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Throws<SocketException>(() => _socket.TryReceive(new byte[1]));
        Assert.Throws<SocketException>(() => _socket.TrySend(new byte[1]));
    }

    [Fact]
    public async Task Send_BeyondTheSystemsBuffers_GoesOnWhenTheOtherReads()
    {
        var block = new byte[256 * 1024];
        while (_socket.TrySend(block) > 0)
        {
            // Until nothing goes.
        }

        var waiting = _socket.WritableAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        var buffer = new byte[256 * 1024];
        while (!waiting.IsCompleted)
        {
            // All may have been read before it is told.
            await Task.WhenAny(waiting, _other.ReceiveAsync(buffer));
        }

        Assert.True(_socket.TrySend(block) > 0);
    }

    [Fact]
    public async Task Work_FromOtherThreads_RunsOnTheLoopInOrder()
    {
        var ran = new List<(int Number, IoLoop? Loop)>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            _loop.Schedule(
                _ =>
                {
                    ran.Add((number, IoLoop.Current));
                    if (number == 999)
                    {
                        done.SetResult();
                    }
                },
                null);
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(0, 1000).Select(number => (number, (IoLoop?)_loop)), ran);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _other.Dispose();
        _loop.Dispose();
    }

    private async Task<IoLoop?> ReadableOnAsync()
    {
        await _socket.ReadableAsync();
        return IoLoop.Current;
    }
}
