using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Services;

/// <summary>An OpenID Connect provider, or another issuer of JSON Web Tokens, that a service trusts.</summary>
public sealed record TokenIssuer
{
    /// <summary>Algorithms that tokens may be signed with: none with a shared secret, and never <c>none</c>.</summary>
    public static readonly IReadOnlyList<string> Algorithms =
        ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    /// <summary>The <c>iss</c> of its tokens, letter for letter.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> that a token must name.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where its keys are, a JSON Web Key Set; null to learn it from <see cref="MetadataUrl"/>.</summary>
    public string? JwksUrl { get; init; }

    /// <summary>Its discovery document. Default: <see cref="Issuer"/> and <c>/.well-known/openid-configuration</c>.</summary>
    public string? MetadataUrl { get; init; }

    /// <summary>What is wrong with a list of issuers: the member and what to do; empty when nothing is.</summary>
    /// <param name="issuers">The list.</param>
    /// <param name="field">Its name in messages.</param>
    public static IReadOnlyList<ErrorDetail> Problems(IReadOnlyList<TokenIssuer> issuers, string field)
    {
        var problems = new List<ErrorDetail>();
        for (var index = 0; index < issuers.Count; index++)
        {
            var (issuer, at) = (issuers[index], FormattableString.Invariant($"{field}[{index}]"));
            Need(issuer.Issuer.Length > 0, at + ".issuer", issuer.Issuer, "the 'iss' of its tokens");
            Need(issuer.Audience.Length > 0, at + ".audience", issuer.Audience, "the 'aud' that its tokens name");
            if (issuer.JwksUrl is { } keys)
            {
                Need(IsSafe(keys), at + ".jwksUrl", keys, "an https URL, or an http URL of this machine");
            }
            else if (issuer.MetadataUrl is { } metadata)
            {
                Need(IsSafe(metadata), at + ".metadataUrl", metadata, "an https URL, or an http URL of this machine");
            }
            else
            {
                Need(
                    issuer.Issuer.Length == 0 || IsSafe(issuer.Issuer), at + ".issuer", issuer.Issuer,
                    "an https URL, whose discovery document is read, unless 'jwksUrl' or 'metadataUrl' is given");
            }

            Need(
                !issuers.Take(index).Any(other => (other.Issuer, other.Audience) == (issuer.Issuer, issuer.Audience)), at,
                issuer.Issuer, "each issuer once for an audience");
        }

        return problems;

        void Need(bool holds, string target, string value, string allowed)
        {
            if (!holds)
            {
                problems.Add(new ErrorDetail(ErrorCodes.InvalidArgument, $"'{target}' is '{value}', but must be {allowed}", target));
            }
        }
    }

    // Keys that came over a network in plain would let anyone on the way make tokens.
    private static bool IsSafe(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Scheme == Uri.UriSchemeHttps || (parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback));
}
