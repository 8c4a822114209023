using System.Net;

namespace Fairlead.Scoring.Tests.Streaming;

/// <summary>A body of any size that is made while it is sent: each block has its number in every byte.</summary>
internal sealed class PatternContent(long length) : HttpContent
{
    private const int Block = 64 * 1024;

    /// <summary>Reads a body to its end; fails where it differs from the pattern.</summary>
    public static async Task<long> CheckAsync(Stream stream)
    {
        var buffer = new byte[Block];
        long at = 0;
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            for (var i = 0; i < read; i++, at++)
            {
                if (buffer[i] != (byte)(at / Block))
                {
                    Assert.Fail($"Byte {at} is {buffer[i]}, not {(byte)(at / Block)}.");
                }
            }
        }

        return at;
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var buffer = new byte[Block];
        for (long at = 0; at < length; at += Block)
        {
            buffer.AsSpan().Fill((byte)(at / Block));
            await stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(Block, length - at)));
        }
    }

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length;
        return true;
    }
}
