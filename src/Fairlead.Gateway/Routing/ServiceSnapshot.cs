using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Authentication;

namespace Fairlead.Gateway.Routing;

/// <summary>What a request reads of a service: immutable, made anew with each change.</summary>
internal sealed record ServiceSnapshot(ServiceRoute Route, ServiceKeys Keys)
{
    public TimeSpan ScoringTimeout { get; } = TimeSpan.FromMilliseconds(Math.Max(1, Route.Spec.ScoringTimeoutMs));

    public static ServiceSnapshot From(ServiceRoute route) => new(route, ServiceKeys.Parse(route.Secret));
}
