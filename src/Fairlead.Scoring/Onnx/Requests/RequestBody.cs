using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Requests;

/// <summary>A whole request body in one piece: the server's own buffer when it came in one, else a rented copy.</summary>
internal readonly struct RequestBody : IDisposable
{
    private const int FirstSize = 4096;
    private readonly PipeReader? _reader;
    private readonly ReadOnlySequence<byte> _borrowed;
    private readonly PooledBytes? _copy;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> borrowed)
    {
        _reader = reader;
        _borrowed = borrowed;
    }

    private RequestBody(PooledBytes copy) => _copy = copy;

    public ReadOnlySpan<byte> Span => _copy is null ? _borrowed.FirstSpan : _copy.Span;

    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        var result = await reader.ReadAsync(cancellationToken);
        if (result.Buffer.IsSingleSegment && (result.IsCompleted || result.Buffer.Length == request.ContentLength))
        {
            return new RequestBody(reader, result.Buffer);
        }

        // A length that is claimed is no reason to take the memory at once.
        var copy = new PooledBytes((int)Math.Clamp((request.ContentLength ?? 0) + 1, FirstSize, 1024 * 1024));
        try
        {
            while (true)
            {
                foreach (var part in result.Buffer)
                {
                    copy.Append(part.Span);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return new RequestBody(copy);
                }

                result = await reader.ReadAsync(cancellationToken);
            }
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _reader?.AdvanceTo(_borrowed.End);
        _copy?.Dispose();
    }
}
