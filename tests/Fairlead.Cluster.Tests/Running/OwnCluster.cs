using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>What can be done only to a cluster whose processes run on this machine: the one that the tests start.</summary>
internal static partial class OwnCluster
{
    private const int Kill = 9;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>Skips the test on a cluster of somebody else.</summary>
    public static void Require() => Assert.SkipWhen(
        Environment.GetEnvironmentVariable("FAIRLEAD_TEST_APISERVER_PID") is null, "needs the processes of the cluster on this machine");

    /// <summary>The API server answers nobody, and accepts no connection, while this runs.</summary>
    public static async Task WithoutApiServerAsync(Func<Task> action)
    {
        var pid = int.Parse(Environment.GetEnvironmentVariable("FAIRLEAD_TEST_APISERVER_PID")!, CultureInfo.InvariantCulture);
        Signal(pid, Stop);
        try
        {
            await action();
        }
        finally
        {
            Signal(pid, Continue);
        }
    }

    /// <summary>Ends the first process of a pod's container without notice.</summary>
    public static void KillContainer(JsonNode pod, string container)
    {
        var id = ((string)pod["status"]!["containerStatuses"]!.AsArray()
            .Single(status => (string?)status!["name"] == container)!["containerID"]!).Split("//")[1];
        var found = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Contains($"/proc/{pid}/cgroup", id))
            .Order()
            .ToList();
        Assert.NotEmpty(found);
        Signal(found[0], Kill);
    }

    private static bool Contains(string file, string text)
    {
        try
        {
            return File.ReadAllText(file).Contains(text, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return false;
        }
    }

    private static void Signal(int pid, int signal) => Assert.Equal(0, SendSignal(pid, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
