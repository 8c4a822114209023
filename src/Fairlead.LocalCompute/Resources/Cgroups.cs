using Fairlead.Contracts.Services;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.Resources;

/// <summary>Makes a control group per replica, where this process may; where not, says so once and goes on without.</summary>
internal sealed partial class Cgroups(IReadOnlyList<CgroupMount> mounts, string instance, ILogger<Cgroups> logger)
{
    /// <summary>Name of the group that holds ours.</summary>
    public const string Parent = "fairlead";

    private int _refused;

    /// <summary>A name for the groups of one data folder, so that two servers on one machine never touch each other's.</summary>
    public static string InstanceOf(string folder) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(folder)))[..8];

    /// <summary>Groups with the limits asked for; the name is of one life of a replica. Null when there are no cgroups, or none that we may make.</summary>
    public ReplicaCgroup? TryCreate(string replica, ContainerResourceRequirements resources)
    {
        if (mounts.Count == 0)
        {
            return null;
        }

        var made = new List<(string Folder, CgroupMount Mount)>();
        try
        {
            foreach (var mount in mounts)
            {
                var parent = Path.Combine(mount.Folder, Parent);
                Directory.CreateDirectory(parent);
                if (mount.Version == 2)
                {
                    Delegate(mount.Folder, mount.Controllers);
                    Delegate(parent, mount.Controllers);
                }

                var folder = Path.Combine(parent, instance + "." + replica);
                Directory.CreateDirectory(folder);
                made.Add((folder, mount));
                foreach (var (file, value, required) in CgroupSettings.For(mount, resources))
                {
                    if (required || File.Exists(Path.Combine(folder, file)))
                    {
                        File.WriteAllText(Path.Combine(folder, file), value);
                    }
                }
            }

            return new ReplicaCgroup(made);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            new ReplicaCgroup(made).Remove();
            if (Interlocked.Exchange(ref _refused, 1) == 0)
            {
                LogRefused(exception.Message);
            }

            return null;
        }
    }

    /// <summary>Kills what is in groups of this data folder and removes them: only at start, when nothing of ours runs.</summary>
    public void RemoveAll()
    {
        foreach (var mount in mounts)
        {
            var parent = Path.Combine(mount.Folder, Parent);
            if (Directory.Exists(parent))
            {
                foreach (var folder in Directory.EnumerateDirectories(parent, instance + ".*"))
                {
                    var group = new ReplicaCgroup([(folder, mount)]);
                    group.Kill();
                    group.Remove();
                }
            }
        }
    }

    private static void Delegate(string folder, IReadOnlyList<string> controllers) =>
        File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), string.Join(' ', controllers.Select(name => "+" + name)));

    [LoggerMessage(LogLevel.Warning,
        "CPU and memory limits are not enforced: control groups cannot be used here ({Reason}). Run the server as root, or "
        + "under systemd with Delegate=yes, to have them")]
    private partial void LogRefused(string reason);
}
