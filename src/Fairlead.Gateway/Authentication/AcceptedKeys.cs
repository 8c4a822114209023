using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Gateway.Authentication;

/// <summary>The digests of a service's keys, and the check of a presented one in constant time.</summary>
internal sealed class AcceptedKeys(IReadOnlyList<string> hashes)
{
    private const string Scheme = "Bearer ";
    private const int LongestKey = 1024;
    private readonly byte[][] _hashes = [.. hashes.Select(Convert.FromHexString)];

    /// <summary>Whether an <c>Authorization</c> header is <c>Bearer</c> and either key.</summary>
    public bool Accept(string? authorization)
    {
        if (authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || authorization.Length > LongestKey)
        {
            return false;
        }

        var key = authorization.AsSpan(Scheme.Length).Trim();
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestKey)];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], digest);

        // All of them, always: which key it was must not show in the time taken.
        var accepted = false;
        foreach (var hash in _hashes)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(digest, hash);
        }

        return accepted;
    }
}
