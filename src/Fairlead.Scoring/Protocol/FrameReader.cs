using System.Buffers;
using System.IO.Pipelines;

namespace Fairlead.Scoring.Protocol;

/// <summary>Reads whole frames from a worker. One reader at a time.</summary>
internal sealed class FrameReader(Stream stream) : IAsyncDisposable
{
    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
    private SequencePosition? _consumed;

    /// <summary>True when more has already arrived, so that what was read need not be flushed yet.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The next frame; null at the end of the stream.</summary>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_consumed is { } consumed)
        {
            _pipe.AdvanceTo(consumed);
            _consumed = null;
        }

        var needed = FrameHeader.Length;
        while (true)
        {
            var result = await _pipe.ReadAtLeastAsync(needed, cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length < needed)
            {
                _pipe.AdvanceTo(buffer.Start, buffer.End);
                return null;
            }

            var header = ReadHeader(buffer);
            needed = FrameHeader.Length + header.PayloadLength;
            if (buffer.Length < needed)
            {
                _pipe.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var payload = buffer.Slice(FrameHeader.Length, header.PayloadLength);
            _consumed = payload.End;
            HasMore = buffer.Length > needed;
            return new Frame(header.Kind, header.Stream, payload);
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private static FrameHeader ReadHeader(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Length];
        buffer.Slice(0, FrameHeader.Length).CopyTo(bytes);
        return FrameHeader.Read(bytes);
    }
}
