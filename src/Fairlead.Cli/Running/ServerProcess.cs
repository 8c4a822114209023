using System.Runtime.InteropServices;

namespace Fairlead.Cli.Running;

/// <summary>Looks at, signals and becomes processes.</summary>
internal static partial class ServerProcess
{
    private const int Terminate = 15;

    /// <summary>Whether a process is there (one that has ended and waits to be reaped is not).</summary>
    public static bool IsAlive(int id)
    {
        if (Kill(id, 0) != 0)
        {
            return false;
        }

        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            return status[(status.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            // Without /proc, or gone just now: the signal's answer is all there is.
            return !Directory.Exists("/proc/self");
        }
    }

    /// <summary>Whether it is a Fairlead server.</summary>
    public static bool IsServer(int id)
    {
        if (!IsAlive(id))
        {
            return false;
        }

        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Contains("fairlead", StringComparison.OrdinalIgnoreCase);
        }
        catch (IOException)
        {
            return !Directory.Exists("/proc/self");
        }
    }

    /// <summary>Asks it to stop.</summary>
    public static void Stop(int id) => Kill(id, Terminate);

    /// <summary>Becomes another program; returns only when that failed, with the error.</summary>
    public static string Become(string program, IReadOnlyList<string> arguments)
    {
        _ = Execute(program, [program, .. arguments, null]);
        return Marshal.GetLastPInvokeErrorMessage();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int id, int signal);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
