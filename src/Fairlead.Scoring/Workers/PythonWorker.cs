using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>One worker process and the connection to it.</summary>
/// <remarks>Every write is made by who holds the turn to write (<see cref="WriteTurn"/>); frames are read by the one request
/// that rented it, or by one loop for all. <see cref="KillAsync"/> may come from any thread.</remarks>
internal sealed class PythonWorker : IAsyncDisposable
{
    /// <summary>A dead worker's socket can be held open by a child of user code, so its end alone must not be awaited.</summary>
    private static readonly TimeSpan ExitToEndOfStream = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan EndOfStreamToExit = TimeSpan.FromSeconds(2);

    /// <summary>Time for the stack dump that SIGUSR1 asks for.</summary>
    private static readonly TimeSpan DumpTime = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly WorkerConnection _connection;
    private readonly TimeProvider _time;
    private readonly OnlyStream _only;
    private SharedStreams? _shared;
    private int _exitCode;
    private volatile bool _ended;

    public PythonWorker(Process process, Socket socket, TimeProvider time)
    {
        _process = process;
        _time = time;
        _connection = new WorkerConnection(socket);
        Reader = new FrameReader(_connection);
        Writer = new FrameWriter(_connection);
        Id = process.Id;
        _only = new OnlyStream(this);
        Exited = WatchAsync();
        Released = ReleaseAsync();
    }

    public int Id { get; }

    /// <summary>Completes when the process has gone.</summary>
    public Task Exited { get; }

    /// <summary>Completes when nothing of it is held any more, shortly after <see cref="Exited"/>.</summary>
    public Task Released { get; }

    public FrameWriter Writer { get; }

    /// <summary>Held while frames are written and flushed.</summary>
    public SemaphoreSlim WriteTurn { get; } = new(1);

    /// <summary>Known after <see cref="WaitUntilReadyAsync"/>.</summary>
    public WorkerDescription Description { get; private set; } = WorkerDescription.Default;

    /// <summary>True when one request must not cost others their worker.</summary>
    public bool IsShared => _shared is not null;

    /// <summary>How it ended; only after <see cref="Exited"/>.</summary>
    public string End => _ended ? "ended by the scoring host" : ProcessEnd.Describe(_exitCode);

    private FrameReader Reader { get; }

    /// <summary>True when another frame has already arrived.</summary>
    public bool HasMore => Reader.HasMore;

    /// <summary>A stream for one request.</summary>
    public IWorkerStream Open() => _shared?.Next() ?? _only.Next();

    public async Task ReadHelloAsync(CancellationToken cancellationToken)
    {
        var frame = await ReadAsync(cancellationToken);
        var version = ReadVersion(frame);
        if (version != FrameHeader.ProtocolVersion)
        {
            throw new StartException(
                $"The worker speaks version {version} of the protocol, the host {FrameHeader.ProtocolVersion}: the "
                + "folder 'python' beside the binary is of another release.");
        }
    }

    /// <summary>Waits for the end of <c>init()</c>; a failed one has been logged by the worker itself.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var frame = await ReadAsync(cancellationToken);
            if (frame.Kind == FrameKind.Failed)
            {
                throw new StartException(FirstLine(Encoding.UTF8.GetString(frame.Payload)));
            }

            Description = WorkerDescription.FromReady(frame.Payload);
            if (Description.Streams > 1)
            {
                _connection.UseEventLoop();
                _shared = new SharedStreams(this);
            }
        }
        catch (WorkerLostException)
        {
            await WaitForExitAsync();
            throw new StartException(
                $"The worker with pid {Id} ended before init() had completed: {End}. Its last output is above.");
        }
    }

    /// <summary>The next frame; throws <see cref="WorkerLostException"/> when there will be none.</summary>
    public async ValueTask<Frame> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Reader.ReadAsync(cancellationToken)
                ?? throw new WorkerLostException("The connection to the worker ended.");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ObjectDisposedException)
        {
            throw new WorkerLostException(exception.Message, exception);
        }
    }

    public async ValueTask FlushAsync()
    {
        try
        {
            await Writer.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new WorkerLostException("The worker takes no more data.", exception);
        }
    }

    /// <summary>Tells the worker that nobody waits for this stream any more. Never throws: a worker that has gone is found
    /// out by the read that waits for its answer.</summary>
    public Task CancelAsync(uint stream) => SendAsync(writer => writer.WriteEmpty(FrameKind.Cancel, stream));

    public Task SendCreditAsync(uint stream, int bytes) => SendAsync(writer => writer.WriteCredit(stream, bytes));

    private async Task SendAsync(Action<FrameWriter> write)
    {
        await WriteTurn.WaitAsync();
        try
        {
            write(Writer);
            await FlushAsync();
        }
        catch (WorkerLostException)
        {
            // Gone already.
        }
        finally
        {
            WriteTurn.Release();
        }
    }

    /// <summary>Ends it even when it is stuck in native code; the log first gets the stack of every thread.</summary>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted && NativeProcess.Signal(Id, NativeProcess.SigUsr1) == 0)
        {
            await Task.WhenAny(Exited, Task.Delay(DumpTime, _time, CancellationToken.None));
        }

        EndNow();
        await Exited;
    }

    /// <summary>Waits for a process whose connection has ended, and ends it when it does not.</summary>
    public async Task WaitForExitAsync()
    {
        await Task.WhenAny(Exited, Task.Delay(EndOfStreamToExit, _time, CancellationToken.None));
        EndNow();
        await Exited;
    }

    /// <summary>Asks an idle worker to end, so that what the script registered for its exit is run.</summary>
    public async Task ShutDownAsync(TimeSpan limit)
    {
        try
        {
            await SendAsync(static writer => writer.WriteEmpty(FrameKind.Shutdown, 0)).WaitAsync(limit, _time);
            await Task.WhenAny(Exited, Task.Delay(limit, _time, CancellationToken.None));
        }
        catch (TimeoutException)
        {
            // It takes no more data.
        }

        EndNow();
        await Exited;
    }

    /// <summary>Ends the process; the rest is released shortly after, once what it wrote can have been read.</summary>
    public async ValueTask DisposeAsync()
    {
        EndNow();
        await Exited;
    }

    private void EndNow()
    {
        if (!Exited.IsCompleted)
        {
            try
            {
                _ended = true;
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It ended by itself in between.
            }
        }
    }

    private async Task WatchAsync()
    {
        await _process.WaitForExitAsync();
        _exitCode = _process.ExitCode;
    }

    private async Task ReleaseAsync()
    {
        await Exited;
        // Whatever it had written is still read before the wait for more is given up.
        await Task.Delay(ExitToEndOfStream, _time, CancellationToken.None);
        await _connection.DisposeAsync();
        _process.Dispose();
    }

    private static ushort ReadVersion(Frame frame)
    {
        if (frame.Kind != FrameKind.Hello)
        {
            throw new StartException($"The worker began with frame {frame.Kind} instead of {FrameKind.Hello}.");
        }

        return new PayloadReader(frame.Payload).UInt16();
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];
}
