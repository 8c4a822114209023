using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Cli.Commands;

/// <summary>Reads <c>issuer=URL,audience=NAME[,jwksUrl=URL][,metadataUrl=URL]</c>.</summary>
internal static class TokenIssuers
{
    private const string Allowed = "issuer=URL,audience=NAME, and jwksUrl=URL or metadataUrl=URL if need be";

    /// <summary>Null when there are none.</summary>
    public static IReadOnlyList<TokenIssuer>? Parse(string option, string[]? values) =>
        values is { Length: > 0 } ? [.. values.Select(value => Parse(option, value))] : null;

    private static TokenIssuer Parse(string option, string value)
    {
        var parts = KeyValues.Parse(option, value.Split(',', StringSplitOptions.TrimEntries))!;
        if (parts.Keys.FirstOrDefault(key => key is not ("issuer" or "audience" or "jwksUrl" or "metadataUrl")) is not null)
        {
            throw FairleadException.InvalidArgument(option, value, Allowed);
        }

        return new TokenIssuer
        {
            Issuer = parts.GetValueOrDefault("issuer") ?? throw FairleadException.InvalidArgument(option, value, Allowed),
            Audience = parts.GetValueOrDefault("audience") ?? throw FairleadException.InvalidArgument(option, value, Allowed),
            JwksUrl = parts.GetValueOrDefault("jwksUrl"),
            MetadataUrl = parts.GetValueOrDefault("metadataUrl"),
        };
    }
}
