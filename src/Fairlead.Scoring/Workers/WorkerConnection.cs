using System.Net.Sockets;

namespace Fairlead.Scoring.Workers;

/// <summary>The host's end of the socket to a worker; one reader and one writer.</summary>
/// <remarks>Waits on the thread that asks, at first: most answers come sooner than a wake-up through the event loop and the
/// thread pool takes. What takes longer is waited for on a thread of its own, and never in the runtime's event loop: a
/// socket that once waited there stays registered, and each answer would wake the loop and a thread of the pool for nothing.
/// Only a worker that many requests share, where one loop reads all the time, uses it (<see cref="UseEventLoop"/>).</remarks>
internal sealed class WorkerConnection(Socket socket) : Stream
{
    private const int BriefWaitMs = 20;

    private readonly NetworkStream _inEventLoop = new(socket, ownsSocket: true);
    private bool _usesEventLoop;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on every wait is in the event loop.</summary>
    public void UseEventLoop() => _usesEventLoop = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_usesEventLoop)
        {
            return await _inEventLoop.ReadAsync(buffer, cancellationToken);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (NativeSocket.TryReceive(socket, buffer.Span) is { } count)
            {
                return count;
            }

            await WaitAsync(forWrite: false, cancellationToken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_usesEventLoop)
        {
            await _inEventLoop.WriteAsync(buffer, cancellationToken);
            return;
        }

        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (NativeSocket.TrySend(socket, buffer.Span) is { } count)
            {
                buffer = buffer[count..];
            }
            else
            {
                await WaitAsync(forWrite: true, cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Ends a wait that nothing else would end.
            NativeSocket.ShutDown(socket);
            _inEventLoop.Dispose();
        }

        base.Dispose(disposing);
    }

    private ValueTask WaitAsync(bool forWrite, CancellationToken cancellationToken) =>
        NativeSocket.Wait(socket, forWrite, BriefWaitMs)
            ? ValueTask.CompletedTask
            : new ValueTask(WaitLongAsync(forWrite).WaitAsync(cancellationToken));

    /// <summary>Goes on until the socket is ready or shut down, also when its caller waits no more.</summary>
    private Task<bool> WaitLongAsync(bool forWrite) => Task.Factory.StartNew(
        () => NativeSocket.Wait(socket, forWrite, Timeout.Infinite), CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
