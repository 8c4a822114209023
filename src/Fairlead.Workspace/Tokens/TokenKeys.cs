using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Workspace.Tokens;

/// <summary>The keys that tokens are signed with: made ahead of their time, encrypted in the database, dropped when their last
/// token has ended.</summary>
internal sealed partial class TokenKeys(
    IDbContextFactory<WorkspaceDb> databases,
    IDataProtectionProvider protection,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<TokenKeys> logger)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Fairlead.TokenKeys");

    /// <summary>The <c>iss</c> of all tokens.</summary>
    public string Issuer => "urn:fairlead:workspace:" + options.Value.Workspace;

    /// <summary>The <c>aud</c> of tokens for a service.</summary>
    public static string AudienceOf(string service) => "urn:fairlead:service:" + service;

    /// <summary>Makes the key that is due and drops those that have ended; true when gateways must learn of it.</summary>
    public async Task<bool> MaintainAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var keys = await db.TokenKeys.ToListAsync(cancellationToken);
        var ended = TokenKeySchedule.Ended(keys, now, options.Value.Tokens);
        db.TokenKeys.RemoveRange(ended);
        var next = TokenKeySchedule.NextSignsFrom(keys, now, options.Value.Tokens);
        if (next is { } from)
        {
            var made = Make(from);
            db.TokenKeys.Add(made);
            LogMade(made.Id, from);
        }

        if (next is null && ended.Count == 0)
        {
            return false;
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The public keys, as a JSON Web Key Set.</summary>
    public static async Task<string> KeySetAsync(WorkspaceDb db, CancellationToken cancellationToken)
    {
        var keys = await db.TokenKeys.AsNoTracking().OrderBy(key => key.SignsFrom).Select(key => key.PublicJwk).ToListAsync(cancellationToken);
        return $$"""{"keys":[{{string.Join(',', keys)}}]}""";
    }

    /// <summary>What opens a service by token.</summary>
    public async Task<WorkspaceTokens> TrustAsync(WorkspaceDb db, ServiceRow service, CancellationToken cancellationToken) =>
        new(Issuer, AudienceOf(service.Name), await KeySetAsync(db, cancellationToken))
        {
            // Tokens count in seconds.
            NotBefore = DateTimeOffset.FromUnixTimeSeconds(service.CreatedTime.ToUnixTimeSeconds()),
        };

    /// <summary>The key that signs now. The caller disposes of what it holds.</summary>
    public async Task<ECDsaSecurityKey> SigningKeyAsync(WorkspaceDb db, CancellationToken cancellationToken)
    {
        var keys = await db.TokenKeys.AsNoTracking().ToListAsync(cancellationToken);
        var row = TokenKeySchedule.Signing(keys, time.GetUtcNow())
            ?? throw new InvalidOperationException("No key signs tokens now, although one was made at the start.");
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(_protector.Unprotect(row.PrivateKey)), out _);
        return new ECDsaSecurityKey(key) { KeyId = row.Id };
    }

    private TokenKeyRow Make(DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;

        // The name follows from the key (RFC 7638), so that no two keys ever share one.
        var id = Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64UrlEncoder.Encode(point.X),
            ["y"] = Base64UrlEncoder.Encode(point.Y),
            ["kid"] = id,
            ["use"] = "sig",
            ["alg"] = SecurityAlgorithms.EcdsaSha256,
        };
        return new TokenKeyRow
        {
            Id = id,
            PrivateKey = _protector.Protect(Convert.ToBase64String(key.ExportPkcs8PrivateKey())),
            PublicJwk = jwk.ToJsonString(),
            SignsFrom = signsFrom,
        };
    }

    [LoggerMessage(LogLevel.Information, "Key {Key} signs tokens from {From:u} on")]
    private partial void LogMade(string key, DateTimeOffset from);
}
