using System.Text;

namespace Fairlead.Gateway.Listening;

/// <summary>Decodes the value of a client's <c>Connection</c> header so that the server leaves it whole.</summary>
/// <remarks>The server replaces a value that lists <c>close</c>, <c>keep-alive</c> or <c>upgrade</c> by that word alone, and
/// with it the names of headers that must not go on are lost (RFC 9110 §7.6.1). So commas become <see cref="Separator"/>, which
/// no client can send, and one stands first; the gateway ends the connection itself when a client asked for it.</remarks>
internal sealed class ConnectionOptionsEncoding : Encoding
{
    /// <summary>Stands before each option; a private-use character, beyond what a byte can be.</summary>
    public const char Separator = '\ue000';

    public static readonly ConnectionOptionsEncoding Instance = new();

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetCharCount(byte[] bytes, int index, int count) => count + 1;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        chars[charIndex] = Separator;
        var target = chars.AsSpan(charIndex + 1);
        Latin1.GetChars(bytes.AsSpan(byteIndex, byteCount), target);
        target[..byteCount].Replace(',', Separator);
        return byteCount + 1;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount + 1;
}
