using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Scoring.Protocol;

/// <summary>Reads the fields of a payload in their order; throws <see cref="InvalidDataException"/> past its end.</summary>
internal ref struct PayloadReader(ReadOnlySequence<byte> payload)
{
    private SequenceReader<byte> _reader = new(payload);

    public byte Byte() => _reader.TryRead(out var value) ? value : throw Short();

    public ushort UInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public uint UInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public double Double()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        Fill(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    public string Text16() => Text(UInt16());

    public string Text32() => Text(UInt32());

    private string Text(uint length) =>
        _reader.TryReadExact((int)Math.Min(length, int.MaxValue), out var bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw Short();

    private void Fill(scoped Span<byte> bytes)
    {
        if (!_reader.TryCopyTo(bytes))
        {
            throw Short();
        }

        _reader.Advance(bytes.Length);
    }

    private static InvalidDataException Short() => new("A frame ends before its fields do.");
}
