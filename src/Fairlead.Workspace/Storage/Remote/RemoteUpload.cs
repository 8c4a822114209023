using System.Buffers;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>
/// One request that brings bytes of a blob: each part goes to the store while the next one comes, so that at most two parts
/// are in memory. The object appears when all parts are there and their hash is its name.
/// </summary>
internal sealed class RemoteUpload(IObjectStore objects, string name, string digest, UploadRange range) : IDisposable
{
    /// <summary>Parts in the middle are blocks of the hash, so that it can be set down between any two.</summary>
    private const int Rounding = Sha256State.BlockBytes * 1024;

    private readonly List<string> _parts = [];
    private Sha256State _hash = new();
    private string? _upload;
    private int _partBytes;
    private byte[] _filling = [];
    private byte[] _sending = [];
    private int _filled;
    private Task _sent = Task.CompletedTask;

    // Both belong together: the hash of exactly those parts.
    private byte[] _saved = new Sha256State().Save();
    private int _savedParts;

    /// <summary>Set when nothing is left to go on with: what was begun is wrong.</summary>
    private bool _isDropped;

    /// <param name="held">What an earlier request has left, up to the range's offset.</param>
    /// <returns>What to go on with; null when the blob is stored.</returns>
    public async Task<PartialUpload?> RunAsync(PartialUpload? held, Stream body, CancellationToken cancellationToken)
    {
        Prepare(held);
        var position = range.Offset;
        for (int read; (read = await body.ReadAsync(_filling.AsMemory(_filled, _partBytes - _filled), cancellationToken)) > 0;)
        {
            if (position + read > range.End)
            {
                throw BlobErrors.BodyTooLong(range);
            }

            position += read;
            _filled += read;
            if (_filled == _partBytes)
            {
                await SendAsync(cancellationToken);
            }
        }

        // Whoever sent the bytes hears of a part that did not get there.
        await _sent;
        if (position < (range.Total ?? position))
        {
            return Left(_filling.AsMemory(0, _filled));
        }

        var actual = Digest.Of(_hash.Finish(_filling.AsSpan(0, _filled)));
        if (actual != digest)
        {
            _isDropped = true;
            await AbortAsync();
            throw BlobErrors.Mismatch(actual, digest);
        }

        await FinishAsync(cancellationToken);
        return null;
    }

    /// <summary>What has been stored so far, after a request that broke; null when there is nothing to go on with.</summary>
    public async Task<PartialUpload?> LeaveAsync()
    {
        if (_isDropped || _partBytes == 0)
        {
            return null;
        }

        try
        {
            await _sent;
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or StackOverflowException))
        {
            // The part did not get there: what came after it is lost.
            return _savedParts == 0 ? null : Left(default);
        }

        return Left(_filling.AsMemory(0, _filled));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_filling);
        ArrayPool<byte>.Shared.Return(_sending);
    }

    private PartialUpload Left(ReadOnlyMemory<byte> tail) => new()
    {
        Upload = _upload,
        PartBytes = _partBytes,
        Parts = [.. _parts.Take(_savedParts)],
        Hash = _saved,
        Tail = tail,
    };

    private void Prepare(PartialUpload? held)
    {
        _partBytes = held?.PartBytes ?? PartBytesFor(range.Total);
        _filling = ArrayPool<byte>.Shared.Rent(_partBytes);
        if (held is null)
        {
            return;
        }

        _upload = held.Upload;
        _parts.AddRange(held.Parts);
        (_saved, _savedParts) = (held.Hash, held.Parts.Count);
        _hash = Sha256State.Restore(held.Hash, held.PartsBytes);
        held.Tail.CopyTo(_filling);
        _filled = held.Tail.Length;
    }

    // As large as the store's limit on their number asks for; a small blob needs no more memory than it has bytes.
    private int PartBytesFor(long? total)
    {
        var wanted = Math.Max(objects.PartBytes, (total ?? 0) / (objects.MostParts - 1));
        if (total is { } known)
        {
            wanted = Math.Min(wanted, Math.Max(known + 1, 4096));
        }

        return (int)((wanted + Rounding - 1) / Rounding * Rounding);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await _sent;
        _upload ??= await objects.BeginAsync(name, cancellationToken);
        if (_parts.Count >= objects.MostParts)
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument, 400, "The blob is larger than can be stored without its size being told first (Content-Length).");
        }

        _hash.Append(_filling.AsSpan(0, _partBytes));
        (_filling, _sending) = (_sending, _filling);
        if (_filling.Length == 0)
        {
            _filling = ArrayPool<byte>.Shared.Rent(_partBytes);
        }

        _filled = 0;
        _sent = SendPartAsync(_parts.Count + 1, _hash.Save());
    }

    // Not cancelled with the request: what has come of a broken one is to be kept.
    private async Task SendPartAsync(int number, byte[] hash)
    {
        _parts.Add(await objects.PutPartAsync(name, _upload!, number, _sending.AsMemory(0, _partBytes), CancellationToken.None));
        (_saved, _savedParts) = (hash, number);
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_upload is null)
        {
            await objects.PutAsync(name, _filling.AsMemory(0, _filled), cancellationToken);
            return;
        }

        if (_filled > 0)
        {
            _parts.Add(await objects.PutPartAsync(name, _upload, _parts.Count + 1, _filling.AsMemory(0, _filled), cancellationToken));
        }

        // Another upload of the same digest may have come first, and the parts may be gone with that.
        if (!await objects.CompleteAsync(name, _upload, _parts, cancellationToken)
            && await objects.FindSizeAsync(name, cancellationToken) is null)
        {
            _isDropped = true;
            throw new FairleadException(
                ErrorCodes.StorageUnavailable, 503, $"The store no longer has the parts of the upload of '{digest}'. Upload it anew.");
        }
    }

    private Task AbortAsync() => _upload is null ? Task.CompletedTask : objects.AbortAsync(name, _upload, CancellationToken.None);
}
