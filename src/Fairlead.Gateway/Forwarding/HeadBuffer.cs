using System.Text;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Bytes to send, in one array that grows and is used again.</summary>
internal sealed class HeadBuffer
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes characters up to U+00FF, a byte each.</summary>
    public void Write(ReadOnlySpan<char> text) => Length += Encoding.Latin1.GetBytes(text, Reserve(text.Length));

    public void Write(long number)
    {
        number.TryFormat(Reserve(20), out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + length));
        }

        return _bytes.AsSpan(Length);
    }
}
