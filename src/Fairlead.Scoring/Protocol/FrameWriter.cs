using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Fairlead.Scoring.Protocol;

/// <summary>Writes frames to a worker. Frames gather until <see cref="FlushAsync"/>, so that a small request is one
/// write. One writer at a time.</summary>
internal sealed class FrameWriter(Stream stream) : IAsyncDisposable
{
    /// <summary>Bytes of an answer that may gather before they are sent on.</summary>
    public const int ChunkBytes = 256 * 1024;

    private const long UnknownLength = -1;

    /// <summary>Up to this size a copy costs less than a call to the kernel.</summary>
    private const int CopyBytes = 16 * 1024;

    private readonly PipeWriter _pipe = PipeWriter.Create(stream);

    // A head is bounded by the server's limit on request headers, far below a frame's.
    private readonly ArrayBufferWriter<byte> _head = new(1024);

    public void WriteEmpty(FrameKind kind, uint stream) => WriteHeader(0, kind, stream);

    public void WriteCredit(uint stream, int bytes)
    {
        WriteHeader(sizeof(int), FrameKind.Credit, stream);
        BinaryPrimitives.WriteInt32BigEndian(_pipe.GetSpan(sizeof(int)), bytes);
        _pipe.Advance(sizeof(int));
    }

    /// <summary>A part of a body as one frame: gathered when it is small, else sent from where it lies.</summary>
    public async ValueTask WriteBodyAsync(uint number, ReadOnlySequence<byte> part, CancellationToken cancellationToken)
    {
        for (; part.Length > FrameHeader.MaxPayload; part = part.Slice(FrameHeader.MaxPayload))
        {
            await WriteBodyAsync(number, part.Slice(0, FrameHeader.MaxPayload), cancellationToken);
        }

        WriteHeader((int)part.Length, FrameKind.RequestBody, number);
        if (part.Length <= CopyBytes)
        {
            foreach (var segment in part)
            {
                _pipe.Write(segment.Span);
            }

            return;
        }

        await _pipe.FlushAsync(cancellationToken);
        foreach (var segment in part)
        {
            await stream.WriteAsync(segment, cancellationToken);
        }
    }

    public void WriteRequestHead(uint stream, HttpRequest request)
    {
        var payload = _head;
        payload.ResetWrittenCount();
        BinaryPrimitives.WriteInt64BigEndian(payload.GetSpan(sizeof(long)), request.ContentLength ?? UnknownLength);
        payload.Advance(sizeof(long));
        WriteText16(payload, request.Method);
        WriteText32(payload, request.Path.Value ?? "/");
        WriteText32(payload, request.QueryString.HasValue ? request.QueryString.Value![1..] : "");
        var count = payload.GetSpan(sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(count, Count(request.Headers));
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

    private static ushort Count(IHeaderDictionary headers)
    {
        var count = 0;
        foreach (var header in headers)
        {
            count += header.Value.Count;
        }

        return (ushort)count;
    }

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
