using System.Diagnostics;
using Fairlead.LocalCompute.Logs;
using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.Resources;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>One running scoring host: its process, output, control group and pid file.</summary>
internal sealed class ReplicaProcess
{
    // A grandchild that lives on may hold the output open; what it writes after that is not waited for.
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly ReplicaCgroup? _cgroup;
    private readonly ProcessStat? _identity;

    private ReplicaProcess(int pid, ReplicaCgroup? cgroup, ProcessStat? identity)
    {
        Pid = pid;
        _cgroup = cgroup;
        _identity = identity;
    }

    /// <summary>Ends when the process, all it started and its files are gone.</summary>
    public required Task<ReplicaExit> Exited { get; init; }

    public int Pid { get; }

    public static async Task<ReplicaProcess> StartAsync(
        ProcessStartInfo start, string pidFile, ReplicaCgroup? cgroup, ProcessLauncher launcher,
        ServiceLog log, string replica, TimeProvider time)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process process;
        try
        {
            process = await launcher.StartAsync(start);
        }
        catch
        {
            cgroup?.Remove();
            throw;
        }

        try
        {
            cgroup?.Add(process.Id);
        }
        catch (IOException)
        {
            // It has ended already; what it left in its log says why.
        }

        var identity = ProcessStat.Read(process.Id);
        if (identity is { } known)
        {
            PidFile.Write(pidFile, known);
        }

        // Standard input stays open as long as we live: its end tells the scoring host that we have died.
        var output = Task.WhenAll(
            LineReader.ReadAsync(process.StandardOutput.BaseStream, line => log.Append(replica, line), CancellationToken.None),
            LineReader.ReadAsync(process.StandardError.BaseStream, line => log.Append(replica, line), CancellationToken.None));
        return new ReplicaProcess(process.Id, cgroup, identity)
        {
            Exited = WaitAsync(process, cgroup, output, pidFile, time),
        };
    }

    /// <summary>Asks it to finish its requests and end.</summary>
    public void Terminate() => Signal(process => LibC.TrySignal(process, LibC.Sigterm));

    /// <summary>Ends it and all it started, now.</summary>
    public void Kill()
    {
        Signal(process => LibC.TrySignal(LibC.TrySignal(-process, 0) ? -process : process, LibC.Sigkill));
        _cgroup?.Kill();
    }

    private static async Task<ReplicaExit> WaitAsync(
        Process process, ReplicaCgroup? cgroup, Task output, string pidFile, TimeProvider time)
    {
        await process.WaitForExitAsync();

        // Its group may hold workers that have not ended with it. The group's id is not used again while any is left;
        // when none is, there is nothing to signal.
        LibC.TrySignal(-process.Id, LibC.Sigkill);
        cgroup?.Kill();
        await Task.WhenAny(output, Task.Delay(OutputLimit, time));
        var exit = new ReplicaExit(process.ExitCode, cgroup?.WasOutOfMemory() ?? false);
        cgroup?.Remove();
        File.Delete(pidFile);
        process.Dispose();
        return exit;
    }

    private void Signal(Action<int> send)
    {
        // The start time is compared, so that a pid that was given to someone else is left alone.
        if (!Exited.IsCompleted && _identity is { } known && ProcessStat.Read(known.Pid)?.StartTicks == known.StartTicks)
        {
            send(known.Pid);
        }
    }
}
