using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Authentication;

/// <summary>Decides whether a caller may use a service: by key, by token, or because it asks for neither.</summary>
internal sealed class Authenticator(FailedAttempts attempts)
{
    /// <summary>The answer that refuses the request; null when it may go on. Allocates nothing for a key or a known token.</summary>
    public ValueTask<GatewayAnswer?> CheckAsync(HttpContext context, ServiceSnapshot service)
    {
        var tokens = service.Tokens;
        if (tokens is null && !service.Route.Spec.AuthEnabled)
        {
            return default;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var credential = BearerHeader.Credential(header);
        if (credential.IsEmpty)
        {
            return new(GatewayAnswers.CredentialMissing(service.Route.Service, tokens is not null));
        }

        if (tokens is null && !attempts.IsWatching && service.Keys.Accepts(credential))
        {
            return default;
        }

        var hash = CredentialHash.Of(credential);
        var address = context.Connection.RemoteIpAddress;
        if (attempts.WaitFor(address, hash) is { Ticks: > 0 } wait)
        {
            return new(GatewayAnswers.TooManyFailures(wait));
        }

        if (tokens is null ? service.Keys.Accepts(credential) : tokens.Remembers(hash))
        {
            attempts.Succeeded(address, hash);
            return default;
        }

        if (tokens is not null)
        {
            return CheckTokenAsync(context, service.Route.Service, tokens, credential.ToString(), hash);
        }

        attempts.Failed(address, hash);
        return new(GatewayAnswers.KeyWrong(service.Route.Service));
    }

    private async ValueTask<GatewayAnswer?> CheckTokenAsync(
        HttpContext context, string service, ServiceTokens tokens, string token, CredentialHash hash)
    {
        var address = context.Connection.RemoteIpAddress;
        switch (await tokens.CheckAsync(token, hash, context.RequestAborted))
        {
            case TokenVerdict.Accepted:
                attempts.Succeeded(address, hash);
                return null;
            case TokenVerdict.Invalid:
                attempts.Failed(address, hash);
                return GatewayAnswers.TokenInvalid(service);

            // Made by an issuer that is trusted: no guess.
            case TokenVerdict.Expired:
                return GatewayAnswers.TokenExpired(service);
            case TokenVerdict.NotYetValid:
                return GatewayAnswers.TokenNotYetValid(service);
            case TokenVerdict.KeysUnavailable:
                return GatewayAnswers.TokenKeysUnavailable(service);
        }

        throw new InvalidOperationException("Unknown verdict.");
    }
}
