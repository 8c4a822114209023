using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;

namespace Fairlead.Bench.Gateway;

/// <summary>The gateway with all it does, key and leases included, and a fixed table of one service.</summary>
internal static class GatewayAlone
{
    public static WebApplication Build(int port, string key, IReadOnlyList<Uri> upstreams)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServiceDirectory>(new OneService(key, upstreams));
        builder.Services.AddSingleton<IReplicaScaler, NoScaler>();
        builder.Services.AddFairleadGateway(options => options.HttpPort = port);
        builder.WebHost.ListenAsGateway();
        var app = builder.Build();
        app.UseFairleadGateway();
        return app;
    }

    private sealed class OneService(string key, IReadOnlyList<Uri> upstreams) : IServiceDirectory
    {
        public IDisposable Subscribe(IServiceDirectoryObserver observer)
        {
            observer.OnChanged(new ServiceRoute
            {
                Service = "bench",
                Spec = new ScoringServiceSpec { NumReplicas = upstreams.Count, MaxConcurrentRequestsPerContainer = 64 },
                Secret = new ServiceSecret([Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))]),
                DesiredReplicas = upstreams.Count,
                Replicas = [.. upstreams.Select(static (address, index) => new ReplicaEndpoint($"r{index}", address, 64, false))],
            });
            return new MemoryStream();
        }
    }

    /// <summary>The number of replicas is fixed, so nothing asks.</summary>
    private sealed class NoScaler : IReplicaScaler
    {
        public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
