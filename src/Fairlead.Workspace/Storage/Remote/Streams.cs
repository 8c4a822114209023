using System.Runtime.InteropServices;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>Bytes in memory as a stream, without a copy.</summary>
internal static class Streams
{
    public static MemoryStream Of(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var segment) && segment.Array is { } array
            ? new MemoryStream(array, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
