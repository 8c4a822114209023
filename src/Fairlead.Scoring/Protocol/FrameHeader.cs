using System.Buffers.Binary;

namespace Fairlead.Scoring.Protocol;

/// <summary>What precedes every payload: its length, kind and stream, big-endian.</summary>
internal readonly record struct FrameHeader(int PayloadLength, FrameKind Kind, uint Stream)
{
    public const int Length = 9;

    /// <summary>A longer payload means that the two sides do not understand each other.</summary>
    public const int MaxPayload = 16 * 1024 * 1024;

    public const ushort ProtocolVersion = 3;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, PayloadLength);
        destination[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], Stream);
    }

    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(source);
        return length <= MaxPayload
            ? new FrameHeader((int)length, (FrameKind)source[4], BinaryPrimitives.ReadUInt32BigEndian(source[5..]))
            : throw new InvalidDataException($"A frame of {length} bytes; at most {MaxPayload} are allowed.");
    }
}
