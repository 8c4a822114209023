using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Fairlead.LocalCompute.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this object. A scoring host asks the kernel to end it with
/// its parent, and the kernel takes the <em>thread</em> that forked for the parent: a thread of the pool may end any time.
/// </summary>
internal sealed class ProcessLauncher : IDisposable
{
    private static readonly string? SetSid =
        new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    // Bounded: who starts more than this at a time waits.
    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> _queue = new(256);
    private readonly Thread _thread;

    public ProcessLauncher()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "fairlead-launcher" };
        _thread.Start();
    }

    /// <summary>
    /// Starts a program as the leader of an own session, so that it and all it starts can be ended together, and a
    /// Ctrl+C on the server's terminal does not reach it.
    /// </summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (SetSid is not null)
        {
            // setsid replaces itself by the program, so the process id is the program's own.
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = SetSid;
        }

        try
        {
            _queue.Add((start, started));
        }
        catch (InvalidOperationException)
        {
            started.SetException(new ObjectDisposedException(nameof(ProcessLauncher)));
        }

        return started.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var (start, started) in _queue.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(exception);
            }
        }
    }
}
