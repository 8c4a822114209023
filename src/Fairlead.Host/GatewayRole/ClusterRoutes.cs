using Fairlead.Contracts.Routing;
using Fairlead.Gateway;
using Fairlead.Gateway.Peering;
using Fairlead.Gateway.SelfScaling;
using Fairlead.Host.Operator;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>Services, pods and other gateways of a cluster, by watches.</summary>
/// <param name="kubeconfig">See <see cref="ClusterAccess"/>.</param>
/// <param name="context">Of the kubeconfig.</param>
/// <param name="ns">Services of this namespace only; null: of all.</param>
/// <param name="peersSecret">Secret with what the gateways know each other by.</param>
internal sealed class ClusterRoutes(string? kubeconfig, string? context, string? ns, string peersSecret) : IRouteSource
{
    private readonly ClusterPeer? _self = ClusterPeers.Self;
    private ClusterClient? _client;
    private string? _peersKey;

    public string Name => "--kubernetes";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _client = ClusterAccess.Open(kubeconfig, context);
        if (_self is not null)
        {
            _peersKey = await new GatewaySecret(_client, TimeProvider.System).FindOrMakeAsync(
                _self.Namespace, peersSecret, Console.Error.WriteLine, cancellationToken);
        }
    }

    public void Register(IServiceCollection services)
    {
        services.AddSingleton(_ => _client!);
        services.AddSingleton(provider => new ClusterDirectory(
            provider.GetRequiredService<ClusterClient>(), ns,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IServiceDirectory>(provider => provider.GetRequiredService<ClusterDirectory>());
        services.AddSingleton<IReplicaScaler>(provider => provider.GetRequiredService<ClusterDirectory>());
        services.AddSingleton<ClusterWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterWatch>());
        if (_self is not null)
        {
            services.AddSingleton(provider => new GatewayPods(
                provider.GetRequiredService<ClusterClient>(), _self.Namespace,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
            services.AddSingleton<IPeerSource, ClusterPeers>();
            services.AddSingleton(provider => new GatewayDeployment(
                provider.GetRequiredService<ClusterClient>(), _self.Namespace, _self.Address,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
            services.AddSingleton<IGatewayFleet, ClusterFleet>();
            services.AddSelfScaling();
            services.PostConfigure<GatewayOptions>(options => options.Peers = options.Peers with
            {
                Address = _self.Address,
                Key = options.Peers.Key ?? _peersKey,

                // A pod's address belongs to nobody else while its process can run, so nothing refuses in its place.
                RefusedMeansEnded = true,
            });
        }
    }

    public async Task LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var watch = services.GetRequiredService<ClusterWatch>();
        watch.Begin();
        await Task.WhenAny(watch.Running, watch.Filled).WaitAsync(cancellationToken);
        if (watch.Running.IsFaulted)
        {
            await watch.Running;
        }
    }

    /// <summary>Keeps the watches running for as long as the process serves.</summary>
    private sealed class ClusterWatch(ClusterDirectory directory, GatewayPods? gateways = null) : BackgroundService
    {
        private readonly CancellationTokenSource _stop = new();

        public Task Running { get; private set; } = Task.CompletedTask;

        public Task Filled => Task.WhenAll(directory.Filled, gateways?.Filled ?? Task.CompletedTask);

        public void Begin() => Running = RunAsync(_stop.Token);

        public override void Dispose()
        {
            _stop.Dispose();
            base.Dispose();
        }

        // A watch that fails for good ends the process: it must not serve from a picture that no longer changes.
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await using var registration = stoppingToken.Register(_stop.Cancel);
            await Running;
        }

        private async Task RunAsync(CancellationToken cancellationToken)
        {
            using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task[] watches = gateways is null
                ? [directory.RunAsync(together.Token)]
                : [directory.RunAsync(together.Token), gateways.RunAsync(together.Token)];
            await Task.WhenAny(watches);
            await together.CancelAsync();
            await Task.WhenAll(watches);
        }
    }
}
