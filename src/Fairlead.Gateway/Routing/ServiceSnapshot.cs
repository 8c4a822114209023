using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Authentication;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Routing;

/// <summary>What a request reads of a service: immutable, made anew with each change.</summary>
internal sealed record ServiceSnapshot(ServiceRoute Route, ServiceKeys Keys, ForwarderRequestConfig Forwarding)
{
    public TimeSpan ScoringTimeout { get; } = TimeSpan.FromMilliseconds(Math.Max(1, Route.Spec.ScoringTimeoutMs));

    public static ServiceSnapshot From(ServiceRoute route) => new(
        route,
        ServiceKeys.Parse(route.Secret),
        new ForwarderRequestConfig
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = System.Net.Http.HttpVersionPolicy.RequestVersionOrLower,

            // Once an answer has begun, only a pause as long as the scoring timeout ends it.
            ActivityTimeout = TimeSpan.FromMilliseconds(Math.Max(1, route.Spec.ScoringTimeoutMs)),
            AllowResponseBuffering = false,
        });
}
