using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Services;

namespace Fairlead.Gateway.Authentication;

/// <summary>The key hashes of a service, ready to compare; the keys themselves are never here.</summary>
internal sealed class ServiceKeys
{
    // Longer than any key of ours; a longer header is refused before it is hashed.
    private const int MaxKeyBytes = 1024;

    private readonly byte[][] _hashes;

    private ServiceKeys(byte[][] hashes) => _hashes = hashes;

    /// <summary>Parses the published digests. One that is no SHA-256 opens nothing.</summary>
    public static ServiceKeys Parse(ServiceSecret secret)
    {
        var hashes = new List<byte[]>(secret.KeyHashes.Count);
        foreach (var text in secret.KeyHashes)
        {
            var hash = new byte[SHA256.HashSizeInBytes];
            if (text.Length == 2 * hash.Length
                && Convert.FromHexString(text, hash, out _, out _) == System.Buffers.OperationStatus.Done)
            {
                hashes.Add(hash);
            }
        }

        return new ServiceKeys([.. hashes]);
    }

    /// <summary>Whether it is one of the keys. Takes the same time whichever it is, and allocates nothing.</summary>
    public bool Accepts(ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[MaxKeyBytes];
        if (key.IsEmpty || !Encoding.UTF8.TryGetBytes(key, bytes, out var written))
        {
            return false;
        }

        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..written], presented);
        var accepted = false;
        foreach (var hash in _hashes)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(presented, hash);
        }

        return accepted;
    }
}
