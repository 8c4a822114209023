using System.Collections.Concurrent;
using Fairlead.Contracts.Routing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Gateway.Authentication;

/// <summary>Checks the tokens of one service without asking anybody, and remembers those that were right.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServiceTokens(ServiceRoute route, IReadOnlyList<TrustedIssuer> trusted, TimeSpan skew, TimeProvider time)
{
    /// <summary>Right tokens that are remembered, about 100 bytes each.</summary>
    public const int MaxRemembered = 1024;

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    private readonly ConcurrentDictionary<CredentialHash, Remembered> _remembered = new();

    /// <summary>Whether it trusts whom the service trusts now.</summary>
    public bool IsFor(ServiceRoute now) =>
        now.Secret.Tokens == route.Secret.Tokens && now.Spec.TokenIssuers.SequenceEqual(route.Spec.TokenIssuers);

    /// <summary>Whether the token was right before and still is. Allocates nothing.</summary>
    public bool Remembers(in CredentialHash token)
    {
        if (!_remembered.TryGetValue(token, out var known))
        {
            return false;
        }

        if (known.EndsAt > time.GetUtcNow().UtcTicks && (known.Keys is null || known.Keys.Version == known.KeysVersion))
        {
            known.Keys?.Freshen();
            return true;
        }

        _remembered.TryRemove(token, out _);
        return false;
    }

    /// <summary>Checks a token that is not remembered.</summary>
    public async ValueTask<TokenVerdict> CheckAsync(string token, CredentialHash hash, CancellationToken cancellationToken)
    {
        if (Read(token) is not { } parsed)
        {
            return TokenVerdict.Invalid;
        }

        var verdict = TokenVerdict.Invalid;
        foreach (var issuer in trusted.Where(issuer => issuer.Name == parsed.Issuer && parsed.Audiences.Contains(issuer.Audience)))
        {
            var version = issuer.Remote?.Version ?? 0;
            var keys = await issuer.FindKeysAsync(parsed.Kid is { Length: > 0 } kid ? kid : null, cancellationToken);
            if (keys is null)
            {
                verdict = TokenVerdict.KeysUnavailable;
                continue;
            }

            if (await IsSignedAsync(parsed, issuer, keys))
            {
                return InTime(parsed, issuer, hash, version);
            }
        }

        return verdict;
    }

    private TokenVerdict InTime(JsonWebToken token, TrustedIssuer issuer, in CredentialHash hash, int version)
    {
        var now = time.GetUtcNow();
        var ends = Utc(token.ValidTo);
        if (ends == DateTimeOffset.MinValue)
        {
            // Without an end it would open the service for ever.
            return TokenVerdict.Invalid;
        }

        ends = ends > DateTimeOffset.MaxValue - skew ? DateTimeOffset.MaxValue : ends + skew;
        if (ends <= now)
        {
            return TokenVerdict.Expired;
        }

        if (Utc(token.ValidFrom) - now > skew || Utc(token.IssuedAt) < issuer.NotBefore)
        {
            return TokenVerdict.NotYetValid;
        }

        if (_remembered.Count >= MaxRemembered)
        {
            Forget(now);
        }

        _remembered[hash] = new Remembered(ends.UtcTicks, issuer.Remote, version);
        return TokenVerdict.Accepted;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (hash, known) in _remembered)
        {
            if (known.EndsAt <= now.UtcTicks)
            {
                _remembered.TryRemove(hash, out _);
            }
        }

        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }
    }

    // Encrypted ones are not for us; "crit" names extensions that must be understood (RFC 7515), and none is.
    private static JsonWebToken? Read(string token)
    {
        try
        {
            var parsed = new JsonWebToken(token);
            return parsed.IsEncrypted || parsed.TryGetHeaderValue<object>("crit", out _) || ReadTimes(parsed) is null ? null : parsed;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or System.Text.Json.JsonException
            or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    // They throw when they are no numbers.
    private static object? ReadTimes(JsonWebToken token) => (token.ValidTo, token.ValidFrom, token.IssuedAt, token.Issuer, token.Kid);

    private static async ValueTask<bool> IsSignedAsync(JsonWebToken token, TrustedIssuer issuer, IReadOnlyList<SecurityKey> keys)
    {
        if (keys.Count == 0)
        {
            return false;
        }

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer.Name,
            ValidAudience = issuer.Audience,
            ValidAlgorithms = issuer.Algorithms,
            IssuerSigningKeys = keys,
            RequireSignedTokens = true,

            // By the gateway's own clock instead.
            ValidateLifetime = false,
            LogValidationExceptions = false,
        });
        return result.IsValid;
    }

    private static DateTimeOffset Utc(DateTime time) =>
        time == DateTime.MinValue ? DateTimeOffset.MinValue : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private readonly record struct Remembered(long EndsAt, IssuerKeys? Keys, int KeysVersion);
}
