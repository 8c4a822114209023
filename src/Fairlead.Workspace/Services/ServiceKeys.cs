using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Microsoft.AspNetCore.DataProtection;

namespace Fairlead.Workspace.Services;

/// <summary>Makes, encrypts and hashes service keys. Plain keys exist in memory only.</summary>
internal sealed class ServiceKeys(IDataProtectionProvider protection)
{
    private const int Length = 32; // as v1's (§10)
    private const int LeastLength = 16;
    private const int MostLength = 256;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly IDataProtector _protector = protection.CreateProtector("Fairlead.ServiceKeys.v1");

    public string New() => _protector.Protect(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Encrypts a key that a user chose; a new one when it is null.</summary>
    public string Protect(string? key, string field)
    {
        if (key is null)
        {
            return New();
        }

        if (key.Length is < LeastLength or > MostLength || key.Any(c => c is <= ' ' or > '~'))
        {
            // The key itself stays out of the message.
            throw FairleadException.InvalidArgument(
                field, key.Length, $"{LeastLength} to {MostLength} printable ASCII characters without spaces (this is its length)");
        }

        return _protector.Protect(key);
    }

    public string Reveal(string protectedKey) => _protector.Unprotect(protectedKey);

    /// <summary>What the compute target gets to know of them.</summary>
    public ServiceSecret Secret(params IEnumerable<string> protectedKeys) => new(
        [.. protectedKeys.Select(key => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Reveal(key)))))]);
}
