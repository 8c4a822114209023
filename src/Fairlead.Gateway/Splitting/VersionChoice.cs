using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Splitting;

/// <summary>Finds who answers a request to an endpoint.</summary>
internal sealed class VersionChoice(ServiceTable services)
{
    /// <summary>The version and its service; the default's while the chosen one is not published here. A null service: that one
    /// is not published either.</summary>
    public (VersionShare Version, ServiceState? Service) Choose(string endpoint, TrafficTable traffic, IHeaderDictionary headers)
    {
        var point = traffic.StickyHeader is { } name && headers.TryGetValue(name, out var value) && value.Count > 0
            ? StickyPoint.Of(endpoint, value[0])
            : Random.Shared.NextDouble() * 100;
        var version = traffic.Choose(point);
        return services.Find(version.Service) is { } service
            ? (version, service)
            : (traffic.Default, services.Find(traffic.Default.Service));
    }
}
