using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Gateway.Authentication;

/// <summary>Whose tokens open a service.</summary>
/// <param name="Name">Their <c>iss</c>.</param>
/// <param name="Audience">Their <c>aud</c>.</param>
/// <param name="Keys">Its keys, when they came with the service.</param>
/// <param name="Remote">Where its keys are fetched; null when they came with the service.</param>
/// <param name="NotBefore">Tokens issued before are refused.</param>
/// <param name="Algorithms">What they may be signed with.</param>
internal sealed record TrustedIssuer(
    string Name, string Audience, IList<SecurityKey> Keys, IssuerKeys? Remote, DateTimeOffset NotBefore, IReadOnlyList<string> Algorithms)
{
    public async ValueTask<IReadOnlyList<SecurityKey>?> FindKeysAsync(string? kid, CancellationToken cancellationToken) =>
        Remote is null
            ? [.. Keys.Where(key => kid is null || key.KeyId == kid)]
            : await Remote.FindAsync(kid, cancellationToken);
}
