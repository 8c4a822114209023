using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>An issuer's signing key, and tokens made with it.</summary>
internal sealed class TokenMaker : IDisposable
{
    private readonly AsymmetricAlgorithm _key;
    private readonly string _algorithm;

    public TokenMaker(string id = "k1", string algorithm = SecurityAlgorithms.EcdsaSha256)
    {
        (Id, _algorithm) = (id, algorithm);
        _key = algorithm.StartsWith("ES", StringComparison.Ordinal) ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
    }

    public string Id { get; }

    /// <summary>The public half, as a JSON Web Key.</summary>
    public string PublicKey
    {
        get
        {
            if (_key is ECDsa elliptic)
            {
                var point = elliptic.ExportParameters(false).Q;
                return JsonSerializer.Serialize(new { kty = "EC", crv = "P-256", use = "sig", kid = Id, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) });
            }

            var numbers = ((RSA)_key).ExportParameters(false);
            return JsonSerializer.Serialize(new { kty = "RSA", use = "sig", kid = Id, n = Base64UrlEncoder.Encode(numbers.Modulus), e = Base64UrlEncoder.Encode(numbers.Exponent) });
        }
    }

    public static string KeySet(params TokenMaker[] makers) => $$"""{"keys":[{{string.Join(',', makers.Select(maker => maker.PublicKey))}}]}""";

    /// <summary>A token with the given claims.</summary>
    public string Sign(Dictionary<string, object> claims, Dictionary<string, object>? header = null)
    {
        SecurityKey key = _key is ECDsa elliptic ? new ECDsaSecurityKey(elliptic) : new RsaSecurityKey((RSA)_key);
        key.KeyId = Id;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            AdditionalHeaderClaims = header,
            SigningCredentials = new SigningCredentials(key, _algorithm),
        });
    }

    /// <summary>An ordinary token.</summary>
    public string Sign(string issuer, string audience, DateTimeOffset from, TimeSpan lifetime) => Sign(new()
    {
        ["iss"] = issuer,
        ["aud"] = audience,
        ["iat"] = from.ToUnixTimeSeconds(),
        ["nbf"] = from.ToUnixTimeSeconds(),
        ["exp"] = (from + lifetime).ToUnixTimeSeconds(),
    });

    /// <summary>The claims behind a header of the test's choice, without a signature or with that of a shared secret.</summary>
    public static string Forge(string header, Dictionary<string, object> claims, byte[]? secret = null)
    {
        var signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}";
        return $"{signed}.{(secret is null ? "" : Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed))))}";
    }

    public void Dispose() => _key.Dispose();
}
