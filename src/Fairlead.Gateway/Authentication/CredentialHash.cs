using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fairlead.Gateway.Authentication;

/// <summary>Stands for a credential where the credential itself must not be kept: its SHA-256.</summary>
internal readonly record struct CredentialHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Allocates nothing.</summary>
    public static CredentialHash Of(ReadOnlySpan<char> credential)
    {
        Span<ulong> hash = stackalloc ulong[4];
        SHA256.HashData(MemoryMarshal.AsBytes(credential), MemoryMarshal.AsBytes(hash));
        return new CredentialHash(hash[0], hash[1], hash[2], hash[3]);
    }

    public override int GetHashCode() => A.GetHashCode();
}
