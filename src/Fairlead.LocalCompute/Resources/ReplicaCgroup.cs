using System.Globalization;
using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.Resources;

/// <summary>The control groups of one process of one replica.</summary>
internal sealed class ReplicaCgroup(IReadOnlyList<(string Folder, CgroupMount Mount)> groups)
{
    public void Add(int pid)
    {
        foreach (var (folder, _) in groups)
        {
            File.WriteAllText(Path.Combine(folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Whether the kernel has killed a process of the group for want of memory.</summary>
    public bool WasOutOfMemory()
    {
        foreach (var (folder, mount) in groups.Where(group => group.Mount.Controllers.Contains("memory")))
        {
            var file = Path.Combine(folder, mount.Version == 1 ? "memory.oom_control" : "memory.events");
            if (File.Exists(file))
            {
                return File.ReadLines(file).Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");
            }
        }

        return false;
    }

    /// <summary>Kills every process in the groups, those that made themselves a session of their own included.</summary>
    public void Kill()
    {
        foreach (var (folder, _) in groups)
        {
            foreach (var pid in PidsIn(folder))
            {
                LibC.TrySignal(pid, LibC.Sigkill);
            }
        }
    }

    /// <summary>Removes the groups. Best effort: one that still holds a dying process is removed at the next start.</summary>
    public void Remove()
    {
        foreach (var (folder, _) in groups)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // See above.
            }
        }
    }

    private static IEnumerable<int> PidsIn(string folder)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(folder, "cgroup.procs"))
                .Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
