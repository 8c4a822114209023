using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Fairlead.Client.Blobs;

/// <summary>Sends a file from an offset to its end, through one small buffer.</summary>
internal sealed class FileRangeContent : HttpContent
{
    private const int BufferBytes = 128 * 1024;

    private readonly string _path;
    private readonly long _offset;
    private readonly long _size;
    private readonly Action<long> _sent;

    public FileRangeContent(string path, long offset, long size, Action<long> sent)
    {
        (_path, _offset, _size, _sent) = (path, offset, size, sent);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (offset > 0)
        {
            Headers.ContentRange = new ContentRangeHeaderValue(offset, size - 1, size);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            file.Seek(_offset, SeekOrigin.Begin);
            for (var left = _size - _offset; left > 0;)
            {
                var wanted = (int)Math.Min(left, buffer.Length);
                var read = await file.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken);
                if (read == 0)
                {
                    throw new FileChangedException(_path);
                }

                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
                _sent(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _size - _offset;
        return true;
    }
}
