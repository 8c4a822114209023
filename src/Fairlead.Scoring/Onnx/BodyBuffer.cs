using System.Buffers;

namespace Fairlead.Scoring.Onnx;

/// <summary>A whole request body in one rented array, as a JSON reader wants it.</summary>
internal sealed class BodyBuffer : IDisposable
{
    private const int FirstSize = 4096;
    private byte[] _array = [];
    private int _length;

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    public static async Task<BodyBuffer> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new BodyBuffer();
        try
        {
            // A length that is claimed is no reason to take the memory at once.
            buffer.Grow((int)Math.Clamp((request.ContentLength ?? 0) + 1, FirstSize, 1024 * 1024));
            while (true)
            {
                if (buffer._length == buffer._array.Length)
                {
                    buffer.Grow(buffer._length * 2);
                }

                var read = await request.Body.ReadAsync(buffer._array.AsMemory(buffer._length), cancellationToken);
                if (read == 0)
                {
                    return buffer;
                }

                buffer._length += read;
            }
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        Dispose();
        _array = larger;
    }
}
