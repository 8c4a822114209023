using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fairlead.Gateway.Transport;

/// <summary>Linux's epoll and eventfd: which sockets can be read or written, without a call for each.</summary>
/// <remarks>See epoll(7). Registered once for both directions, edge-triggered.</remarks>
internal sealed partial class Epoll : IDisposable
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerClosed = 0x2000;
    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Add = 1;
    private const int Interrupted = 4;
    private const int MaxEvents = 256;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * EventSize, pinned: true);
    private readonly int _epoll = Check(EpollCreate(CloseOnExec));
    private readonly int _wake = Check(EventFd(0, CloseOnExec | NonBlocking));

    public Epoll() => Register(_wake, ulong.MaxValue, Readable | EdgeTriggered);

    /// <summary>Reports the socket's readiness with the number from now until it is closed.</summary>
    public void Register(nint socket, ulong number) =>
        Register((int)socket, number, Readable | Writable | PeerClosed | EdgeTriggered);

    /// <summary>Makes <see cref="Wait"/> return. Any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Write(_wake, in one, sizeof(ulong));
    }

    /// <summary>Waits for readiness; returns how many events there are to <see cref="Read"/>.</summary>
    /// <param name="forever">False: only looks.</param>
    public int Wait(bool forever)
    {
        var count = EpollWait(_epoll, ref _events[0], MaxEvents, forever ? -1 : 0);
        return count >= 0 ? count
            : Marshal.GetLastPInvokeError() == Interrupted ? 0
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>An event of the last <see cref="Wait"/>; the number of <see cref="Wake"/> is the largest there is.</summary>
    public (ulong Number, uint Flags) Read(int index)
    {
        var bytes = _events.AsSpan(index * EventSize, EventSize);
        return (MemoryMarshal.Read<ulong>(bytes[DataOffset..]), MemoryMarshal.Read<uint>(bytes));
    }

    public void Dispose()
    {
        _ = Close(_wake);
        _ = Close(_epoll);
    }

    private void Register(int descriptor, ulong number, uint flags)
    {
        Span<byte> data = stackalloc byte[16];
        MemoryMarshal.Write(data, flags);
        MemoryMarshal.Write(data[DataOffset..], number);
        Check(EpollControl(_epoll, Add, descriptor, ref MemoryMarshal.GetReference(data)));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, ref byte data);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, ref byte events, int most, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint first, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, in ulong value, nint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
