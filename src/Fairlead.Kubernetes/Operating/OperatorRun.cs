using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Leading;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Queueing;
using Fairlead.Kubernetes.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Kubernetes.Operating;

/// <summary>The operator of a process: watches always, works while it leads.</summary>
public sealed partial class OperatorRun(
    ClusterClient client, IOptions<OperatorOptions> options, TimeProvider time, ILoggerFactory logs) : BackgroundService
{
    private readonly ILogger _logger = logs.CreateLogger<OperatorRun>();
    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when everything has been listed once: the process is ready to take over.</summary>
    public Task Watching => _watching.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var settings = options.Value;
        var features = await DiscoverAsync(stoppingToken);
        LogServer(features.Version, features.PolicyV1 ? "policy/v1" : "policy/v1beta1");
        var view = new ClusterView(client, features, settings.WatchNamespace, time, logs);
        var manifests = new ManifestOptions
        {
            Image = settings.Image,
            ImagePullSecrets = settings.ImagePullSecrets,
            GatewayNamespace = settings.GatewayNamespace,
            Features = features,
        };
        var keys = new KeysSecrets(client, time, logs.CreateLogger<KeysSecrets>());
        view.Services.Changed += service =>
        {
            if (view.Services.Find(ObjectKey.Of(service.Metadata)) is null)
            {
                keys.Forget(service.Metadata.Uid);
            }
        };
        var reconciler = new ServiceReconciler(
            client, view, manifests, new ChildObjects(client, logs.CreateLogger<ChildObjects>()), keys,
            new ServiceEvents(client, time, logs.CreateLogger<ServiceEvents>()), time, logs.CreateLogger<ServiceReconciler>());
        var identity = $"{Environment.MachineName}-{Guid.NewGuid():N}";
        var election = new LeaderElection(
            client, settings.LeaseNamespace, settings.LeaseName, identity, time, logs.CreateLogger<LeaderElection>());

        // None of them ends before it is told to: the first that does takes the process down, and another one takes over.
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] parts =
        [
            view.RunAsync(together.Token),
            election.RunAsync(
                token => new OperatorLoop(
                    view, new WorkQueue(time), reconciler, settings.Workers, settings.Resync, logs.CreateLogger<OperatorLoop>()).RunAsync(token),
                together.Token),
        ];
        await Task.WhenAny([view.Filled, .. parts]);
        if (view.Filled.IsCompletedSuccessfully)
        {
            _watching.TrySetResult();
        }

        await Task.WhenAny(parts);
        await together.CancelAsync();
        await Task.WhenAll(parts);
    }

    private async Task<ClusterFeatures> DiscoverAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await client.DiscoverAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is ClusterException or HttpRequestException)
            {
                LogAway(exception.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The cluster is Kubernetes {Version} with {Policy}")]
    private partial void LogServer(string version, string policy);

    [LoggerMessage(LogLevel.Warning, "The API server does not answer: {Reason}")]
    private partial void LogAway(string reason);
}

/// <summary>Registers the operator.</summary>
public static class OperatorRegistration
{
    /// <summary>Adds <see cref="OperatorRun"/>; a <see cref="ClusterClient"/> and a <see cref="TimeProvider"/> must be there.</summary>
    public static IServiceCollection AddFairleadOperator(this IServiceCollection services)
    {
        services.AddOptions<OperatorOptions>().BindConfiguration(OperatorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OperatorOptions>, OperatorOptionsValidator>();
        services.AddSingleton<OperatorRun>();
        services.AddHostedService(provider => provider.GetRequiredService<OperatorRun>());
        return services;
    }
}
