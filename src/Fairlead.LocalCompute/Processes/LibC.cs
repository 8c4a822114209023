using System.Runtime.InteropServices;

namespace Fairlead.LocalCompute.Processes;

/// <summary>The few system calls that .NET has no name for.</summary>
internal static partial class LibC
{
    public const int Sigterm = 15;
    public const int Sigkill = 9;
    private const int ReadOnlyFolder = 0x10000 | 0x80000;

    /// <summary>Makes a second name for a file; false when it is impossible, for example across devices.</summary>
    public static bool TryHardLink(string existing, string name) => Link(existing, name) == 0;

    /// <summary>Makes renames in a folder durable. Best effort: some file systems have no such call.</summary>
    public static void SyncFolder(string folder)
    {
        var handle = Open(folder, ReadOnlyFolder);
        if (handle >= 0)
        {
            _ = Fsync(handle);
            _ = Close(handle);
        }
    }

    /// <summary>Sends a signal; a negative id means a process group. False when there is no such process.</summary>
    public static bool TrySignal(int processId, int signal) => Kill(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
