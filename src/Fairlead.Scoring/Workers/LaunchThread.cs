using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fairlead.Scoring.Workers;

/// <summary>Starts every worker from one thread that lives as long as the host: the kernel ends a worker when the thread
/// that started it ends, and a thread of the pool may end at any time.</summary>
internal sealed class LaunchThread : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Info, TaskCompletionSource<Process> Started)> _launches = [];

    public LaunchThread() => new Thread(Run) { IsBackground = true, Name = "worker launch" }.Start();

    public Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _launches.Add((info, started));
        return started.Task;
    }

    /// <summary>Ends the thread, and with it, on Linux, every worker that still lives.</summary>
    public void Dispose() => _launches.CompleteAdding();

    private void Run()
    {
        foreach (var (info, started) in _launches.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(info) ?? throw new InvalidOperationException("No process was started."));
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }

        _launches.Dispose();
    }
}
