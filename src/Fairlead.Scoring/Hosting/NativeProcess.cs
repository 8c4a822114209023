using System.Runtime.InteropServices;

namespace Fairlead.Scoring.Hosting;

/// <summary>The few calls of the C library that .NET does not offer.</summary>
internal static partial class NativeProcess
{
    public const int SigUsr1 = 10;
    public const int SigUsr2 = 12;
    private const int SetParentDeathSignal = 1;
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    /// <summary>Makes standard error the same stream as standard output.</summary>
    public static void JoinErrorToOutput() => _ = Duplicate(StandardOutput, StandardError);

    /// <summary>Asks the kernel for a signal when the thread that started this process ends. Linux only.</summary>
    public static void SignalOnParentDeath(int signal)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = ProcessControl(SetParentDeathSignal, (nuint)signal, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Signal(int process, int signal);

    /// <summary>Ends at once, without any handler.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);
}
