using System.Collections.Concurrent;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Gateway.Authentication;

/// <summary>Makes the <see cref="ServiceTokens"/> of services, and shares the keys of external issuers among them.</summary>
internal sealed partial class TokenTrust(IOptions<GatewayOptions> options, TimeProvider time, ILogger<TokenTrust> logger) : IDisposable
{
    private const int LargestDocument = 1024 * 1024;

    private readonly ConcurrentDictionary<(string Issuer, string? Jwks, string? Metadata), IssuerKeys> _issuers = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = LargestDocument,
    };

    /// <summary>What checks the tokens of a service; null when it takes none. The one of before is kept when whom it trusts has
    /// not changed, with all it remembers.</summary>
    public ServiceTokens? For(ServiceRoute route, ServiceTokens? before)
    {
        if (!route.Spec.TokenAuthEnabled)
        {
            return null;
        }

        if (before?.IsFor(route) == true)
        {
            return before;
        }

        var trusted = new List<TrustedIssuer>();
        if (route.Secret.Tokens is { } own)
        {
            trusted.Add(new TrustedIssuer(own.Issuer, own.Audience, ReadKeys(route.Service, own), null, own.NotBefore, [SecurityAlgorithms.EcdsaSha256]));
        }

        foreach (var issuer in route.Spec.TokenIssuers)
        {
            var keys = _issuers.GetOrAdd(
                (issuer.Issuer, issuer.JwksUrl, issuer.MetadataUrl),
                _ => new IssuerKeys(issuer, _http, options.Value.Tokens, time, logger));

            // Before the first request needs them.
            keys.Freshen();
            trusted.Add(new TrustedIssuer(issuer.Issuer, issuer.Audience, [], keys, DateTimeOffset.MinValue, TokenIssuer.Algorithms));
        }

        return new ServiceTokens(route, trusted, options.Value.Tokens.ClockSkew, time);
    }

    public void Dispose() => _http.Dispose();

    private IList<SecurityKey> ReadKeys(string service, WorkspaceTokens tokens)
    {
        try
        {
            return new JsonWebKeySet(tokens.Keys).GetSigningKeys();
        }
        catch (ArgumentException exception)
        {
            LogBadKeys(service, exception.Message);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Error, "The keys of tokens for {Service} cannot be read, so none opens it: {Problem}")]
    private partial void LogBadKeys(string service, string problem);
}
