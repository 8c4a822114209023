using System.Security.Claims;
using Fairlead.Contracts.Api;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Workspace.Tokens;

/// <summary><c>POST /services/{name}/token</c> (§6.2), and the public keys for whoever checks tokens.</summary>
internal sealed class TokenIssuing(WorkspaceDb db, TokenKeys keys, IOptions<WorkspaceOptions> options, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder root, RouteGroupBuilder workspace)
    {
        workspace.MapPost(Routes.Services + "/{name}/token", PostAsync).WithTags("services")
            .WithSummary("Issues a token for a service with token authentication.");
        root.MapGet(Routes.TokenKeys, async (WorkspaceDb db, CancellationToken cancellationToken) =>
                TypedResults.Text(await TokenKeys.KeySetAsync(db, cancellationToken), "application/jwk-set+json"))
            .WithTags("services").WithSummary("The public keys of tokens, as a JSON Web Key Set.").Produces<string>(200, "application/jwk-set+json");
    }

    private static async Task<Created<AccessTokenDto>> PostAsync(
        string name, HttpContext context, TokenIssuing issuing, CancellationToken cancellationToken) =>
        TypedResults.Created((string?)null, await issuing.IssueAsync(name, context.User, cancellationToken));

    private async Task<AccessTokenDto> IssueAsync(string name, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var service = await ServiceReader.GetRowAsync(db, name, cancellationToken);
        if (!service.Spec().TokenAuthEnabled)
        {
            throw ServiceErrors.NoTokenAuth(name);
        }

        var lifetime = options.Value.Tokens.Lifetime;
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var key = await keys.SigningKeyAsync(db, cancellationToken);
        using var secret = key.ECDsa;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = keys.Issuer,
            Audience = TokenKeys.AudienceOf(service.Name),
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = caller.Identity?.Name ?? "",
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
            },

            // Keys come and go: a cache of what was made from them would only grow.
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256)
            {
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
            },
        });
        return new AccessTokenDto
        {
            AccessToken = token,
            ExpiryOn = (now + lifetime).ToUnixTimeSeconds(),
            RefreshAfter = (now + (lifetime / 2)).ToUnixTimeSeconds(),
        };
    }
}
