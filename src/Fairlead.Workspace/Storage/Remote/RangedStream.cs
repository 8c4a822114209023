namespace Fairlead.Workspace.Storage.Remote;

/// <summary>Reads an object as if it were a file: from any position, and on after a connection that broke.</summary>
/// <param name="open">Opens it at an offset below <paramref name="length"/>.</param>
/// <param name="length">Its size in bytes.</param>
internal sealed class RangedStream(Func<long, CancellationToken, Task<Stream>> open, long length) : Stream
{
    private const int Tries = 4;

    private Stream? _source;
    private long _sourceAt;
    private long _at;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _at;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at >= length || buffer.Length == 0)
        {
            return 0;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (_source is null || _sourceAt != _at)
                {
                    await CloseAsync();
                    _source = await open(_at, cancellationToken);
                    _sourceAt = _at;
                }

                var read = await _source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _at)], cancellationToken);
                if (read == 0)
                {
                    throw new IOException($"The store ended its answer at byte {_at} of {length}.");
                }

                _sourceAt = _at += read;
                return read;
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException && attempt < Tries)
            {
                await CloseAsync();
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it with ReadAsync.");

    public override long Seek(long offset, SeekOrigin origin) => _at = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _at + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source?.Dispose();
        }

        base.Dispose(disposing);
    }

    private ValueTask CloseAsync()
    {
        var source = _source;
        _source = null;
        return source?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
