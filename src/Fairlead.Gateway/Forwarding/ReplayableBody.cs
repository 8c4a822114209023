using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Forwarding;

/// <summary>
/// A request body that is streamed, whose first bytes are kept: so that a small one is all here before a replica is
/// taken, and can be sent to another replica when the first refused it. Counts, and ends at the limit.
/// </summary>
/// <remarks>One reader at a time. The caller returns the buffer by <see cref="ReleasePrefix"/> when the request has ended.</remarks>
internal sealed class ReplayableBody(Stream source, long? declaredLength, long limit) : Stream
{
    public const int PrefixLength = 64 << 10;

    private byte[] _prefix = [];
    private int _filled;
    private int _position;
    private long _received;
    private bool _passedPrefix;

    /// <summary>False once bytes were handed out that are not kept.</summary>
    public bool CanReplay => !_passedPrefix;

    /// <summary>Why reading from the client failed, if it did.</summary>
    public Exception? ReadError { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads until the body has ended or the prefix is full.</summary>
    public async Task FillPrefixAsync(CancellationToken cancellationToken)
    {
        _prefix = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(declaredLength ?? 4096, 1, PrefixLength));
        while (true)
        {
            if (_filled == _prefix.Length)
            {
                if (_filled >= PrefixLength)
                {
                    return;
                }

                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_filled * 4, PrefixLength));
                _prefix.AsSpan(0, _filled).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_prefix);
                _prefix = larger;
            }

            var read = await ReceiveAsync(_prefix.AsMemory(_filled), cancellationToken);
            _filled += read;
            if (read == 0 || _filled == declaredLength)
            {
                return;
            }
        }
    }

    public void Rewind() => _position = 0;

    public void ReleasePrefix()
    {
        if (_prefix.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_prefix);
            (_prefix, _filled, _passedPrefix) = ([], 0, true);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _filled)
        {
            var count = Math.Min(buffer.Length, _filled - _position);
            _prefix.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        var read = await ReceiveAsync(buffer, cancellationToken);
        _passedPrefix |= read > 0;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            _received += read;
            if (_received > limit)
            {
                throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
            }

            return read;
        }
        catch (Exception error)
        {
            ReadError = error;
            throw;
        }
    }
}
