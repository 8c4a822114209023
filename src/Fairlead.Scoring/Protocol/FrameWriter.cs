using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Fairlead.Scoring.Protocol;

/// <summary>Writes frames to a worker. Frames gather until <see cref="FlushAsync"/>, so that a small request is one
/// write. One writer at a time.</summary>
internal sealed class FrameWriter(Stream stream) : IAsyncDisposable
{
    /// <summary>Bytes gathered before a flush is due, and the longest part of a body in one frame.</summary>
    public const int ChunkBytes = 256 * 1024;

    private readonly PipeWriter _pipe = PipeWriter.Create(stream);

    public bool IsFlushDue => _pipe.UnflushedBytes >= ChunkBytes;

    public void WriteEmpty(FrameKind kind, uint stream) => WriteHeader(0, kind, stream);

    public void WriteBody(uint stream, ReadOnlySpan<byte> part)
    {
        WriteHeader(part.Length, FrameKind.RequestBody, stream);
        _pipe.Write(part);
    }

    public void WriteRequestHead(uint stream, HttpRequest request)
    {
        // A head is bounded by the server's limit on request headers, far below a frame's.
        var payload = new ArrayBufferWriter<byte>(1024);
        WriteText16(payload, request.Method);
        WriteText32(payload, request.Path.Value ?? "/");
        WriteText32(payload, request.QueryString.HasValue ? request.QueryString.Value![1..] : "");
        var count = payload.GetSpan(sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(count, (ushort)request.Headers.Sum(header => header.Value.Count));
        payload.Advance(sizeof(ushort));
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                WriteText16(payload, name);
                WriteText32(payload, value ?? "");
            }
        }

        WriteHeader(payload.WrittenCount, FrameKind.RequestHead, stream);
        _pipe.Write(payload.WrittenSpan);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await _pipe.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private void WriteHeader(int length, FrameKind kind, uint stream)
    {
        new FrameHeader(length, kind, stream).Write(_pipe.GetSpan(FrameHeader.Length));
        _pipe.Advance(FrameHeader.Length);
    }

    private static void WriteText16(ArrayBufferWriter<byte> payload, string text)
    {
        BinaryPrimitives.WriteUInt16BigEndian(payload.GetSpan(sizeof(ushort)), (ushort)Encoding.UTF8.GetByteCount(text));
        payload.Advance(sizeof(ushort));
        Encoding.UTF8.GetBytes(text, payload);
    }

    private static void WriteText32(ArrayBufferWriter<byte> payload, string text)
    {
        BinaryPrimitives.WriteInt32BigEndian(payload.GetSpan(sizeof(int)), Encoding.UTF8.GetByteCount(text));
        payload.Advance(sizeof(int));
        Encoding.UTF8.GetBytes(text, payload);
    }
}
