using System.Globalization;
using System.Text;
using Fairlead.LocalCompute.Resources;
using Fairlead.LocalCompute.State;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.Processes;

/// <summary>Ends what a server that was killed left behind, before anything is started again.</summary>
/// <remarks>
/// Only processes that are provably ours: those of a pid file whose start time fits, and those that carry our folder in
/// <see cref="CleanEnvironment.OwnerVariable"/>. A pid that was given to someone else since is never touched.
/// </remarks>
internal sealed partial class OrphanSweep(LocalComputePaths paths, Cgroups cgroups, TimeProvider time, ILogger<OrphanSweep> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (KillAll() > 0 && time.GetElapsedTime(started) < Limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
        }

        cgroups.RemoveAll();
        foreach (var file in Directory.EnumerateFiles(paths.Run))
        {
            File.Delete(file);
        }
    }

    private int KillAll()
    {
        var marked = Encoding.UTF8.GetBytes($"{CleanEnvironment.OwnerVariable}={paths.Root}\0");
        var recorded = Directory.EnumerateFiles(paths.Run, "*.pid").Select(PidFile.Read).OfType<(int Pid, long Ticks)>().ToHashSet();
        var count = 0;
        foreach (var process in ProcessStat.All().Where(process => !process.IsZombie && process.Pid != Environment.ProcessId))
        {
            if (recorded.Contains((process.Pid, process.StartTicks)) || IsMarked(process.Pid, marked))
            {
                LogKilled(process.Pid);
                LibC.TrySignal(process.Pid, LibC.Sigkill);
                count++;
            }
        }

        return count;
    }

    private static bool IsMarked(int pid, byte[] marked)
    {
        try
        {
            var environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"));
            return environment.AsSpan().IndexOf(marked) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Process {Pid} was left behind by an earlier server and is ended")]
    private partial void LogKilled(int pid);
}
