using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Fairlead.Gateway.Peering;

/// <summary>Records over a socket, each sealed with AES-256-GCM and counted, so that none can be read, changed, dropped,
/// repeated or reordered without the end of the connection.</summary>
/// <remarks>One reader and one writer at a time.</remarks>
internal sealed class SecureChannel(Socket socket, byte[] writeKey, byte[] readKey) : IDisposable
{
    /// <summary>Largest content of a record in bytes; a bigger one is not even read.</summary>
    public const int MaxRecordBytes = 8 * 1024 * 1024;

    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private readonly AesGcm _seal = new(writeKey, TagBytes);
    private readonly AesGcm _open = new(readKey, TagBytes);
    private readonly byte[] _head = new byte[sizeof(int)];
    private byte[] _out = new byte[4096];
    private byte[] _in = new byte[4096];
    private byte[] _plain = new byte[4096];
    private long _written;
    private long _read;

    /// <summary>Sends one record.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var length = sizeof(int) + content.Length + TagBytes;
        Grow(ref _out, length);
        BinaryPrimitives.WriteInt32LittleEndian(_out, content.Length);
        Seal(content.Span);
        for (var sent = 0; sent < length;)
        {
            sent += await socket.SendAsync(_out.AsMemory(sent, length - sent), cancellationToken);
        }
    }

    /// <summary>Waits for the next record. Its content is valid until the next call; null at the end.</summary>
    /// <exception cref="CryptographicException">It was not sealed with the key of this connection, in this place.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(socket, _head, cancellationToken))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_head);
        if (length is < 0 or > MaxRecordBytes)
        {
            throw new InvalidDataException($"A gateway sent a record of {length} bytes; allowed are 0 to {MaxRecordBytes}.");
        }

        Grow(ref _in, length + TagBytes);
        Grow(ref _plain, length);
        if (!await FillAsync(socket, _in.AsMemory(0, length + TagBytes), cancellationToken))
        {
            return null;
        }

        Open(length);
        return _plain.AsMemory(0, length);
    }

    public void Dispose()
    {
        socket.Dispose();
        _seal.Dispose();
        _open.Dispose();
    }

    /// <summary>Reads until the buffer is full. False when the other side has ended before.</summary>
    public static async Task<bool> FillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[read..];
        }

        return true;
    }

    private void Seal(ReadOnlySpan<byte> content)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, _written++);
        var sealedContent = _out.AsSpan(sizeof(int));
        _seal.Encrypt(
            nonce, content, sealedContent[..content.Length], sealedContent.Slice(content.Length, TagBytes),
            _out.AsSpan(0, sizeof(int)));
    }

    private void Open(int length)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, _read++);
        _open.Decrypt(nonce, _in.AsSpan(0, length), _in.AsSpan(length, TagBytes), _plain.AsSpan(0, length), _head);
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new byte[Math.Max(length, 2 * buffer.Length)];
        }
    }
}
