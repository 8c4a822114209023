using System.Text;

namespace Fairlead.Gateway.Listening;

/// <summary>Decodes the value of a client's <c>Content-Length</c> so that the server takes digits only (RFC 9110 §8.6).</summary>
/// <remarks>The server also takes a sign and space around the number, which another server may read otherwise. All that is no
/// digit becomes a letter here, and so the server answers 400.</remarks>
internal sealed class DigitsEncoding : Encoding
{
    public static readonly DigitsEncoding Instance = new();

    // The server decodes into room for this many, and refuses a value that fills it.
    private const int Most = 20;

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetCharCount(byte[] bytes, int index, int count) => Math.Min(count, Most);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = Math.Min(bytes.Length, Most);
        for (var i = 0; i < count; i++)
        {
            chars[i] = bytes[i] is >= (byte)'0' and <= (byte)'9' ? (char)bytes[i] : 'x';
        }

        return count;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => Most;
}
