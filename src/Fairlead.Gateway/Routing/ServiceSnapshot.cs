using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Splitting;

namespace Fairlead.Gateway.Routing;

/// <summary>What a request reads of a service: immutable, made anew with each change.</summary>
/// <param name="Route">As it was published.</param>
/// <param name="Keys">What checks keys.</param>
/// <param name="Tokens">What checks tokens; null when the service takes none.</param>
internal sealed record ServiceSnapshot(ServiceRoute Route, ServiceKeys Keys, ServiceTokens? Tokens)
{
    public TimeSpan ScoringTimeout { get; } = TimeSpan.FromMilliseconds(Math.Max(1, Route.Spec.ScoringTimeoutMs));

    /// <summary>Who answers for an endpoint; null for a service.</summary>
    public TrafficTable? Traffic { get; } = Route.Traffic is { } split ? new TrafficTable(split) : null;

    /// <summary>Whether a credential opens it; the header that brought it is the gateway's then, and not passed on.</summary>
    public bool IsGuarded => Route.Spec.AuthEnabled || Tokens is not null;

    public static ServiceSnapshot From(ServiceRoute route, TokenTrust trust, ServiceSnapshot? before) =>
        new(route, ServiceKeys.Parse(route.Secret), trust.For(route, before?.Tokens));
}
