using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Passes the body of a replica's answer on, flushing what has come.</summary>
internal static class AnswerBody
{
    private const int MaxChunkLine = 256;
    private const int MaxTrailers = 8 * 1024;
    private const int BlockBytes = 16 * 1024;

    /// <summary>A body of known length. One that has come whole is left for the server to flush with the head.</summary>
    public static async ValueTask CopyLengthAsync(ReplicaConnection connection, PipeWriter writer, long length, TimeSpan pause)
    {
        length -= Take(connection, writer, length);
        if (length == 0)
        {
            return;
        }

        while (length > 0)
        {
            await FlushAsync(writer);
            var memory = writer.GetMemory(BlockBytes);
            connection.SetDeadline(pause);
            var read = await connection.ReceiveIntoAsync(memory[..(int)Math.Min(memory.Length, length)]);
            if (read == 0)
            {
                throw new IOException("The replica closed within its answer.");
            }

            writer.Advance(read);
            connection.PassedOn += read;
            length -= read;
        }

        // Once it has flushed, the server leaves what comes after it to its writer.
        await FlushAsync(writer);
    }

    /// <summary>A body that ends with the connection.</summary>
    public static async ValueTask CopyToEndAsync(ReplicaConnection connection, PipeWriter writer, TimeSpan pause)
    {
        int read;
        do
        {
            Take(connection, writer, long.MaxValue);
            await FlushAsync(writer);
            connection.SetDeadline(pause);
            read = await connection.ReceiveAsync();
        }
        while (read > 0);
    }

    /// <summary>A body in chunks; extensions and trailers are dropped.</summary>
    public static async ValueTask CopyChunksAsync(ReplicaConnection connection, PipeWriter writer, TimeSpan pause)
    {
        while (true)
        {
            var size = ReadSize(await LineAsync(connection, writer, MaxChunkLine, pause), connection);
            if (size == 0)
            {
                break;
            }

            while (size > 0)
            {
                size -= Take(connection, writer, size);
                if (size > 0)
                {
                    await MoreAsync(connection, writer, pause);
                }
            }

            if (await LineAsync(connection, writer, 0, pause) != 0)
            {
                throw new BadAnswerException("a chunk does not end with CR LF");
            }

            connection.Consume(2);
        }

        for (var trailers = 0; ;)
        {
            var line = await LineAsync(connection, writer, MaxTrailers, pause);
            connection.Consume(line + 2);
            trailers += line;
            if (line == 0)
            {
                return;
            }

            if (trailers > MaxTrailers)
            {
                throw new BadAnswerException("its trailers are too long");
            }
        }
    }

    private static long Take(ReplicaConnection connection, PipeWriter writer, long most)
    {
        var bytes = connection.Received;
        bytes = bytes[..(int)Math.Min(bytes.Length, most)];
        writer.Write(bytes);
        connection.Consume(bytes.Length);
        connection.PassedOn += bytes.Length;
        return bytes.Length;
    }

    private static long ReadSize(int length, ReplicaConnection connection)
    {
        var line = connection.Received[..length];
        var semicolon = line.IndexOf((byte)';');
        var digits = semicolon < 0 ? line : line[..semicolon].TrimEnd(" \t"u8);
        if (digits.Length is 0 or > 15 || !long.TryParse(
            digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
        {
            throw new BadAnswerException("the size of a chunk is not a hexadecimal number");
        }

        connection.Consume(length + 2);
        return size;
    }

    // The length of the next line, which is all here.
    private static async ValueTask<int> LineAsync(ReplicaConnection connection, PipeWriter writer, int most, TimeSpan pause)
    {
        while (true)
        {
            var end = FindLine(connection.Received, most);
            if (end >= 0)
            {
                return end;
            }

            await MoreAsync(connection, writer, pause);
        }
    }

    private static int FindLine(ReadOnlySpan<byte> bytes, int most)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        var length = end < 0 ? bytes.Length : end;
        if (length > most || bytes[..length].Contains((byte)0) || (end >= 0 && bytes[end] == '\n')
            || (end >= 0 && end + 1 < bytes.Length && bytes[end + 1] != '\n'))
        {
            throw new BadAnswerException("a line between its chunks is malformed or too long");
        }

        return end >= 0 && end + 1 < bytes.Length ? end : -1;
    }

    private static async ValueTask MoreAsync(ReplicaConnection connection, PipeWriter writer, TimeSpan pause)
    {
        await FlushAsync(writer);
        connection.SetDeadline(pause);
        if (await connection.ReceiveAsync() == 0)
        {
            throw new IOException("The replica closed within its answer.");
        }
    }

    private static async ValueTask FlushAsync(PipeWriter writer)
    {
        var flushed = await writer.FlushAsync();
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            throw new IOException("The client has gone.");
        }
    }
}
