using Yarp.ReverseProxy.Configuration;

namespace Fairlead.Bench.Gateway;

/// <summary>YARP as its documentation begins: one route, one cluster, round-robin.</summary>
internal static class PlainYarp
{
    public static WebApplication Build(int port, IReadOnlyList<Uri> upstreams)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var destinations = upstreams.Select(static (address, index) => (address, index)).ToDictionary(
            static pair => $"r{pair.index}", static pair => new DestinationConfig { Address = pair.address.AbsoluteUri });
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "{**rest}" } }],
            [new ClusterConfig { ClusterId = "all", LoadBalancingPolicy = "RoundRobin", Destinations = destinations }]);
        var app = builder.Build();
        app.MapReverseProxy();
        return app;
    }
}
