using System.Buffers;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Gateway.Forwarding;

/// <summary>A request body on its way to a replica: it enforces the size limit while streaming and keeps a small beginning, so
/// that a body no longer than that can be sent again.</summary>
/// <remarks>Read by one reader at a time.</remarks>
internal sealed class ScoringBody(Stream source, long limit, int replayBytes, RequestRecord record) : Stream
{
    private byte[]? _kept;
    private int _keptLength;
    private long _received;
    private long _position;
    private bool _ended;

    /// <summary>Why the client's body could not be read; null when it could.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the limit ended it.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Whether <see cref="Rewind"/> can begin again: all that was received is kept.</summary>
    public bool CanReplay => _received == _keptLength && Failure is null;

    /// <summary>The whole body, when all of it is here and none of it read; else empty.</summary>
    public ReadOnlyMemory<byte> Whole =>
        _ended && CanReplay && _position == 0 ? _kept.AsMemory(0, _keptLength) : default;

    /// <summary>Whether all of it is here, read or not, or there is none.</summary>
    public bool IsHeld => _ended && CanReplay;

    /// <summary>Another one with the same bytes, to be read beside this one. Only of one that <see cref="IsHeld"/>.</summary>
    public ScoringBody Copy(RequestRecord to) => Of(_kept.AsSpan(0, _keptLength), to);

    /// <summary>A body that is here already.</summary>
    public static ScoringBody Of(ReadOnlySpan<byte> bytes, RequestRecord record)
    {
        var kept = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(kept);
        return new ScoringBody(Null, bytes.Length, bytes.Length, record)
        {
            _kept = kept,
            _keptLength = bytes.Length,
            _received = bytes.Length,
            _ended = true,
        };
    }

    /// <summary>Whether a request has a body.</summary>
    public static bool IsIn(HttpContext context) => context.Request.ContentLength > 0
        || (context.Request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);

    /// <summary>Marks <see cref="Whole"/> as read.</summary>
    public void SkipWhole() => _position = _keptLength;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Reads a body of known, small length to its end, so that no replica waits for a slow client.</summary>
    public async ValueTask PrefetchAsync(int length, CancellationToken cancellationToken)
    {
        _kept ??= ArrayPool<byte>.Shared.Rent(length);
        while (_keptLength < length)
        {
            var read = await ReceiveAsync(_kept.AsMemory(_keptLength, length - _keptLength), cancellationToken);
            if (read == 0)
            {
                return;
            }

            _keptLength += read;
        }

        _ended = true;
    }

    public void Rewind() => _position = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _keptLength)
        {
            var again = (int)Math.Min(buffer.Length, _keptLength - _position);
            _kept.AsSpan((int)_position, again).CopyTo(buffer.Span);
            _position += again;
            return again;
        }

        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        var wasKept = _received == _keptLength;
        var read = await ReceiveAsync(buffer, cancellationToken);
        if (read == 0)
        {
            _ended = true;
            return 0;
        }

        _position += read;
        if (wasKept && _received <= replayBytes)
        {
            _kept ??= ArrayPool<byte>.Shared.Rent(replayBytes);
            buffer.Span[..read].CopyTo(_kept.AsSpan(_keptLength));
            _keptLength += read;
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            _keptLength = 0;
            _ended = true;
            ArrayPool<byte>.Shared.Return(kept);
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception)
        {
            Failure = exception;
            throw;
        }

        _received += read;
        record.BytesIn = _received;
        if (_received > limit)
        {
            IsTooLarge = true;
            Failure = new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
            throw Failure;
        }

        return read;
    }
}
