using Fairlead.Contracts.Routing;
using Fairlead.Host.Operator;
using Fairlead.Kubernetes.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>Services and pods of a cluster: see <see cref="ClusterDirectory"/>.</summary>
internal sealed class ClusterRoutes(string? kubeconfig, string? context, string? ns) : IRouteSource
{
    public string Name => "--kubernetes";

    public void Register(IServiceCollection services)
    {
        services.AddSingleton(_ => ClusterAccess.Open(kubeconfig, context));
        services.AddSingleton(provider => new ClusterDirectory(
            provider.GetRequiredService<Kubernetes.Cluster.ClusterClient>(), ns,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IServiceDirectory>(provider => provider.GetRequiredService<ClusterDirectory>());
        services.AddSingleton<IReplicaScaler>(provider => provider.GetRequiredService<ClusterDirectory>());
        services.AddSingleton<ClusterWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterWatch>());
    }

    public async Task LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var watch = services.GetRequiredService<ClusterWatch>();
        watch.Begin();
        await services.GetRequiredService<ClusterDirectory>().Filled.WaitAsync(cancellationToken);
    }

    /// <summary>Keeps the watches running for as long as the process serves.</summary>
    private sealed class ClusterWatch(ClusterDirectory directory) : BackgroundService
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _running;

        public void Begin() => _running ??= directory.RunAsync(_stop.Token);

        public override void Dispose()
        {
            _stop.Dispose();
            base.Dispose();
        }

        // A watch that fails for good ends the process: it must not serve from a picture that no longer changes.
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Begin();
            await using var registration = stoppingToken.Register(_stop.Cancel);
            await _running!;
        }
    }
}
