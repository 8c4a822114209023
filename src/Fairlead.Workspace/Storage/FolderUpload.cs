using System.Buffers;
using System.Security.Cryptography;
using Fairlead.Contracts.Storage;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// One request that brings bytes of a blob: appends them to its partial file and, at the end, compares the digest.
/// What arrived before a broken connection stays, so that the next request goes on from there.
/// </summary>
internal sealed class FolderUpload(string partial, string digest, UploadRange range)
{
    private const int BufferBytes = 128 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

    public async Task<UploadResult> RunAsync(Stream body, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            if (range.Total is { } total)
            {
                RefuseWhatCannotFit(total - range.Offset);
            }

            if (range.Offset > 0)
            {
                await HashWhatIsHeldAsync(hash, cancellationToken);
            }

            var received = await AppendAsync(body, hash, cancellationToken);
            if (received < (range.Total ?? received))
            {
                return new UploadResult(IsWhole: false, received);
            }
        }
        catch (Exception exception) when (StorageErrors.IsFull(exception))
        {
            // The room goes back to the server, which needs some to work on.
            File.Delete(partial);
            throw StorageErrors.Full(exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        var actual = Digest.Of(hash.GetHashAndReset());
        if (actual != digest)
        {
            File.Delete(partial);
            throw BlobErrors.Mismatch(actual, digest);
        }

        return new UploadResult(IsWhole: true, new FileInfo(partial).Length);
    }

    private async Task HashWhatIsHeldAsync(IncrementalHash hash, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(partial, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: true);
        for (int read; (read = await file.ReadAsync(_buffer, cancellationToken)) > 0;)
        {
            hash.AppendData(_buffer, 0, read);
        }
    }

    private async Task<long> AppendAsync(Stream body, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var mode = range.Offset == 0 ? FileMode.Create : FileMode.Append;
        await using var file = new FileStream(partial, mode, FileAccess.Write, FileShare.Read, 0, useAsync: true);
        var position = range.Offset;
        try
        {
            for (int read; (read = await body.ReadAsync(_buffer, cancellationToken)) > 0;)
            {
                if (position + read > range.End)
                {
                    throw BlobErrors.BodyTooLong(range);
                }

                await file.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
                hash.AppendData(_buffer, 0, read);
                position += read;
            }
        }
        finally
        {
            // Also of a broken upload: bytes that a power cut would take must not count as held.
            file.Flush(flushToDisk: true);
        }

        return position;
    }

    private void RefuseWhatCannotFit(long bytes)
    {
        var free = new DriveInfo(Path.GetDirectoryName(partial)!).AvailableFreeSpace;
        var held = range.Offset == 0 && File.Exists(partial) ? new FileInfo(partial).Length : 0;
        if (bytes > free + held)
        {
            File.Delete(partial);
            throw StorageErrors.Full(null);
        }
    }
}
