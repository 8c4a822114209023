using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Sends a request's body as it comes, in flat memory.</summary>
internal static class RequestSender
{
    private const int BlockBytes = 32 * 1024;

    // Eight hexadecimal digits and CR LF before the data of a chunk, CR LF after it.
    private const int ChunkHead = 10;

    /// <summary>Sends it to its end. A client's failure closes the connection, so that nobody waits for an answer.</summary>
    /// <returns>Whether all of it was sent.</returns>
    public static async Task<bool> SendAsync(
        ReplicaConnection connection, ScoringBody body, bool chunked, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(block.AsMemory(ChunkHead, BlockBytes - ChunkHead - 2), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                var data = block.AsMemory(ChunkHead, read);
                if (chunked)
                {
                    Encoding.ASCII.GetBytes(read.ToString("x8", System.Globalization.CultureInfo.InvariantCulture), block);
                    "\r\n"u8.CopyTo(block.AsSpan(8));
                    "\r\n"u8.CopyTo(block.AsSpan(ChunkHead + read));
                    data = block.AsMemory(0, ChunkHead + read + 2);
                }

                await connection.SendAsync(data);
            }

            if (chunked)
            {
                "0\r\n\r\n"u8.CopyTo(block);
                await connection.SendAsync(block.AsMemory(0, 5));
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The replica takes no more. Its answer may be on its way.
            return false;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            connection.Dispose();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
