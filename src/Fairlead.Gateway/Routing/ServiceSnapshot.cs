using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Authentication;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Routing;

/// <summary>What a request needs of a service's settings, worked out once for each change.</summary>
internal sealed class ServiceSnapshot(ServiceRoute route)
{
    public ScoringServiceSpec Spec { get; } = route.Spec;

    public int DesiredReplicas { get; } = route.DesiredReplicas;

    public AcceptedKeys Keys { get; } = new(route.Spec.AuthEnabled ? route.Secret.KeyHashes : []);

    public bool NeedsKey { get; } = route.Spec.AuthEnabled || route.Spec.TokenAuthEnabled;

    /// <summary>Until the reply begins, and between any two parts of it.</summary>
    public ForwarderRequestConfig Forwarding { get; } = new()
    {
        ActivityTimeout = TimeSpan.FromMilliseconds(route.Spec.ScoringTimeoutMs),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
