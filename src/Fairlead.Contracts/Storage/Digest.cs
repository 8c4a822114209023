using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Contracts.Storage;

/// <summary>Reads and writes content digests: <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
public static class Digest
{
    public const string Prefix = "sha256:";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The digest of a finished SHA-256 hash of 32 bytes.</summary>
    public static string Of(ReadOnlySpan<byte> hash) => Prefix + Convert.ToHexStringLower(hash);

    /// <summary>Whether a text is a digest in the only form we accept.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: 71 }
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>The 64 hexadecimal digits of a valid digest.</summary>
    public static string Hex(string digest) => digest[Prefix.Length..];
}
