using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Running;

/// <summary>A run on the thread of its request, which is therefore answered from a timer's when the run is too long.</summary>
internal sealed class TimedRun : IDisposable
{
    private const int Running = 0;
    private const int Finished = 1;
    private const int TimedOut = 2;

    private readonly Func<Task> _onTimeout;
    private readonly ITimer _timer;
    private int _state;

    public TimedRun(TimeSpan limit, TimeProvider time, Func<Task> onTimeout)
    {
        _onTimeout = onTimeout;
        _timer = time.CreateTimer(static run => ((TimedRun)run!).OnTimer(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The runtime's own lines of errors are left out: they come as exceptions, which are logged.</summary>
    public RunOptions Options { get; } = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Completes when the client was told of the timeout.</summary>
    public Task Told { get; private set; } = Task.CompletedTask;

    /// <summary>False: the time was over, and the answer is the timeout's.</summary>
    public bool TryFinish() => Interlocked.CompareExchange(ref _state, Finished, Running) == Running;

    public void Dispose()
    {
        _timer.Dispose();
        Options.Dispose();
    }

    private void OnTimer()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Told = told.Task;
        if (Interlocked.CompareExchange(ref _state, TimedOut, Running) != Running)
        {
            return;
        }

        Options.Terminate = true;
        _ = TellAsync(told);
    }

    private async Task TellAsync(TaskCompletionSource told)
    {
        try
        {
            await _onTimeout();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has left; there is nobody to tell.
        }
        finally
        {
            told.SetResult();
        }
    }
}
