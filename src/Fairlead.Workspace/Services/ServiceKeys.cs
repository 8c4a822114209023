using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Microsoft.AspNetCore.DataProtection;

namespace Fairlead.Workspace.Services;

/// <summary>Makes service keys, keeps them encrypted, and gives compute targets their hashes only.</summary>
internal sealed class ServiceKeys(IDataProtectionProvider protection)
{
    private const int Length = 32;
    private const int Shortest = 8; // a key is all that guards a service
    private const int Longest = 256;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly IDataProtector _protector = protection.CreateProtector("Fairlead.ServiceKeys");

    /// <summary>The given key, encrypted; a new one when none is given.</summary>
    public string Protect(string field, string? key)
    {
        if (key is not null && (key.Length is < Shortest or > Longest || !key.All(c => c is > ' ' and <= '~')))
        {
            // The value is a secret: the message must not show it.
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.InvalidArgument,
                400,
                $"'{field}' must be {Shortest} to {Longest} printable ASCII characters without spaces.",
                [new ErrorDetail(ErrorCodes.InvalidArgument, "has characters or a length that is not allowed", field)]));
        }

        return _protector.Protect(key ?? RandomNumberGenerator.GetString(Alphabet, Length));
    }

    public AuthKeysDto Reveal(ServiceRow row) =>
        new(_protector.Unprotect(row.PrimaryKey), _protector.Unprotect(row.SecondaryKey));

    public ServiceSecret SecretOf(ServiceRow row)
    {
        var keys = Reveal(row);
        return new ServiceSecret([Hash(keys.PrimaryKey!), Hash(keys.SecondaryKey!)]);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
