using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Fairlead.Scoring.Workers;

/// <summary>Calls on a socket that never enter the runtime's event loop. All of them throw
/// <see cref="ObjectDisposedException"/> once the socket is closed.</summary>
internal static unsafe partial class NativeSocket
{
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int Interrupted = 4;

    private static readonly int DoNotWait = OperatingSystem.IsLinux() ? 0x40 : 0x80;
    private static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Without it a write to a socket whose other end has gone is a signal. Where it is missing, the runtime
    /// ignores that signal.</summary>
    private static readonly int NoSignal = OperatingSystem.IsLinux() ? 0x4000 : 0;

    /// <summary>Reads what is there: 0 at the end of the stream, null when nothing is there yet.</summary>
    /// <exception cref="IOException">The connection has failed.</exception>
    public static int? TryReceive(Socket socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = Receive(socket.SafeHandle, bytes, (nuint)buffer.Length, DoNotWait);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return Done(count);
        }
    }

    /// <summary>Writes what the socket takes at once, and returns how much; null for nothing.</summary>
    /// <exception cref="IOException">The connection has failed.</exception>
    public static int? TrySend(Socket socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = Send(socket.SafeHandle, bytes, (nuint)buffer.Length, DoNotWait | NoSignal);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return Done(count);
        }
    }

    /// <summary>Blocks this thread until the socket can be read or written, has failed, or the time is over (-1: none);
    /// true unless it is over.</summary>
    public static bool Wait(Socket socket, bool forWrite, int milliseconds)
    {
        var handle = socket.SafeHandle;
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var entry = new PollEntry
            {
                Descriptor = (int)handle.DangerousGetHandle(),
                Events = forWrite ? PollOut : PollIn,
            };
            int count;
            do
            {
                count = Poll(&entry, 1, milliseconds);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return count != 0;
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>Ends both directions for every process that has the socket; waits end.</summary>
    public static void ShutDown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other end has gone, and with it every reason to wait.
        }
    }

    private static int? Done(nint count) =>
        count >= 0 ? (int)count : Marshal.GetLastPInvokeError() == WouldBlock ? null : throw LastError();

    private static IOException LastError() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
