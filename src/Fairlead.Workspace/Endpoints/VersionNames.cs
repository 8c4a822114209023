using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Names of versions, and of the services that answer for them.</summary>
internal static class VersionNames
{
    private const string Rule = "1 to 32 lower-case letters, digits and dashes, beginning with a letter or digit";
    private const int LongestService = 32;
    private const int HashLength = 8;

    /// <exception cref="FairleadException"><c>InvalidArgument</c> that states the rule.</exception>
    public static void Validate(string field, string? name)
    {
        if (name is not { Length: >= 1 and <= 32 } || name[0] == '-'
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw FairleadException.InvalidArgument(field, name, Rule);
        }
    }

    /// <summary><c>endpoint-version</c>; with a hash for its end where that is longer than a service's name may be.</summary>
    public static string ServiceOf(string endpoint, string version)
    {
        var name = $"{endpoint}-{version}";
        if (ServiceNames.IsValid(name))
        {
            return name;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{endpoint}/{version}")))[..HashLength];
        return $"{name[..(LongestService - HashLength - 1)].TrimEnd('-')}-{hash}";
    }
}
