using System.Threading.Channels;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Workers;

/// <summary>Keeps the configured number of workers alive and lends each to as many requests at a time as it
/// takes, in order of arrival.</summary>
internal sealed partial class WorkerPool(
    WorkerLauncher launcher, ScoringOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(2);

    private readonly Channel<PythonWorker> _idle = Channel.CreateUnbounded<PythonWorker>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<StartException> _fatal =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task[] _slots = [];

    /// <summary>Completes when a worker cannot be started, now or later: the host must end.</summary>
    public Task<StartException> Fatal => _fatal.Task;

    /// <summary>As the worker that became ready last described it.</summary>
    public WorkerDescription Description { get; private set; } = WorkerDescription.Default;

    /// <summary>Completes when every worker is ready.</summary>
    public async Task StartAsync()
    {
        var ready = Enumerable.Range(0, options.WorkerCount)
            .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        _slots = [.. ready.Select(KeepAliveAsync)];
        var all = Task.WhenAll(ready.Select(slot => slot.Task));
        if (await Task.WhenAny(all, Fatal) == Fatal)
        {
            throw await Fatal;
        }
    }

    /// <summary>Waits for a free worker, first come, first served. Throws <see cref="ChannelClosedException"/> when the
    /// workers cannot be started any more.</summary>
    public async ValueTask<PythonWorker> RentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var worker = await _idle.Reader.ReadAsync(cancellationToken);
            if (!worker.Exited.IsCompleted)
            {
                return worker;
            }
        }
    }

    /// <summary>Gives back what was rented, once its stream has ended; a worker that died is replaced by itself.</summary>
    public void Return(PythonWorker worker) => _idle.Writer.TryWrite(worker);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_slots);
        _stopping.Dispose();
    }

    /// <summary>One slot: a worker, and the next when that has gone.</summary>
    private async Task KeepAliveAsync(TaskCompletionSource ready)
    {
        var pause = TimeSpan.Zero;
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await Task.Delay(pause, time, _stopping.Token);
                await using var worker = await launcher.LaunchAsync(_stopping.Token);
                var life = await LiveAsync(worker, ready);
                pause = RestartPause.After(pause, life);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host ends.
        }
        catch (StartException exception)
        {
            Fail(exception);
        }
        catch (Exception exception)
        {
            Fail(new StartException($"A worker could not be started: {exception.Message}", exception));
        }
    }

    private void Fail(StartException exception)
    {
        _fatal.TrySetResult(exception);
        _idle.Writer.TryComplete();
    }

    /// <summary>From its start to its end: for how long it served.</summary>
    private async Task<TimeSpan> LiveAsync(PythonWorker worker, TaskCompletionSource ready)
    {
        try
        {
            await worker.WaitUntilReadyAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            await worker.KillAsync();
            throw;
        }

        var born = time.GetTimestamp();
        Description = worker.Description;
        LogReady(worker.Id);
        ready.TrySetResult();
        for (var seat = 0; seat < worker.Description.Streams; seat++)
        {
            Return(worker);
        }

        var stopping = Task.Delay(Timeout.InfiniteTimeSpan, time, _stopping.Token);
        if (await Task.WhenAny(worker.Exited, stopping) == stopping)
        {
            await worker.ShutDownAsync(ShutdownLimit);
            throw new OperationCanceledException(_stopping.Token);
        }

        LogEnded(worker.Id, worker.End);
        return time.GetElapsedTime(born);
    }

    [LoggerMessage(LogLevel.Error, "Worker with pid {Pid} ended: {End}. Starting another")]
    private partial void LogEnded(int pid, string end);

    [LoggerMessage(LogLevel.Information, "Worker with pid {Pid} ready for serving traffic")]
    private partial void LogReady(int pid);
}
