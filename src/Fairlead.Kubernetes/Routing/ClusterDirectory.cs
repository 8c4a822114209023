using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Routing;

/// <summary>The services and pods of a cluster as its gateway sees them, by watches; and how the gateway's autoscaler changes
/// their number. While the API server is away the last known state is used.</summary>
/// <remarks>Names are unique in a gateway's URLs but not in a cluster: the service that was made first has the name.</remarks>
public sealed partial class ClusterDirectory : IServiceDirectory, IReplicaScaler
{
    private const int ScaleTries = 5;

    private readonly ClusterClient _client;
    private readonly ILogger _logger;
    private readonly ObjectStore<ScoringServiceResource> _services = new();
    private readonly ObjectStore<V1Secret> _secrets = new();
    private readonly ObjectStore<V1Pod> _pods = new();
    private readonly List<Func<CancellationToken, Task>> _watches = [];
    private readonly Lock _gate = new();
    private readonly ServiceDirectory _routes = new();
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isFilled;

    /// <param name="ns">Services of this namespace; null: of all.</param>
    public ClusterDirectory(ClusterClient client, string? ns, TimeProvider time, ILoggerFactory logs)
    {
        _client = client;
        _logger = logs.CreateLogger<ClusterDirectory>();
        Watch(ApiKinds.ScoringServices, null, _services, service => service.Metadata.Name);
        Watch(ApiKinds.Pods, Names.ServiceLabel, _pods, NameByLabel);

        // Only Secrets with our label: those that the operator makes have it, others need it.
        Watch(ApiKinds.Secrets, Names.ServiceLabel, _secrets, NameByLabel);

        void Watch<T>(ApiKind<T> kind, string? selector, ObjectStore<T> store, Func<T, string?> serviceOf)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            store.Changed += changed => Publish(serviceOf(changed));
            _watches.Add(new Reflector<T>(client, kind, new ListQuery(ns, selector), store, time, logs.CreateLogger<Reflector<T>>()).RunAsync);
        }
    }

    /// <summary>Ends when everything has been listed once, and published.</summary>
    public Task Filled => _filled.Task;

    /// <summary>Watches until cancelled, or until one of the watches fails for good.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watches = _watches.Select(watch => watch(together.Token)).ToList();
        var listed = Task.WhenAll(_services.Filled, _secrets.Filled, _pods.Filled);
        await Task.WhenAny([listed, .. watches]);
        if (listed.IsCompletedSuccessfully)
        {
            PublishAll();
            _filled.TrySetResult();
        }

        await Task.WhenAny(watches);
        await together.CancelAsync();
        await Task.WhenAll(watches);
    }

    public IDisposable Subscribe(IServiceDirectoryObserver observer) => _routes.Subscribe(observer);

    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken) =>
        ScaleAsync(service, present => Math.Max(present, replicas), cancellationToken);

    public async Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken)
    {
        var owner = Find(service);
        if (owner is not null && _pods.Find(new ObjectKey(owner.Metadata.NamespaceProperty, replica)) is { } pod && pod.Metadata.DeletionTimestamp is null)
        {
            await OfferAsync(pod, cancellationToken);
        }

        await ScaleAsync(service, present => present - 1, cancellationToken);
    }

    /// <summary>Makes a pod the first that its ReplicaSet removes: the cheapest where the server counts costs (from 1.22), and
    /// one that is not ready, which every server prefers.</summary>
    private async Task OfferAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var (ns, name) = (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        try
        {
            await _client.MergeAsync(
                ApiKinds.Pods, ns, name,
                new Dictionary<string, object>
                {
                    ["metadata"] = new Dictionary<string, object>
                    {
                        ["annotations"] = new Dictionary<string, string> { ["controller.kubernetes.io/pod-deletion-cost"] = int.MinValue.ToString(System.Globalization.CultureInfo.InvariantCulture) },
                    },
                },
                cancellationToken);
            var conditions = (pod.Status?.Conditions ?? []).Select(condition => condition.Type is "Ready" or "ContainersReady"
                ? new V1PodCondition { Type = condition.Type, Status = "False", Reason = "Draining", LastTransitionTime = condition.LastTransitionTime }
                : condition);
            await _client.MergeAsync(
                ApiKinds.Pods, ns, name,
                new Dictionary<string, object> { ["status"] = new Dictionary<string, object> { ["conditions"] = conditions.ToList() } },
                cancellationToken, "status");
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // It is gone already; the number is still lowered.
        }
    }

    private async Task ScaleAsync(string service, Func<int, int> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var owner = Find(service);
            if (owner is null)
            {
                return;
            }

            var ns = owner.Metadata.NamespaceProperty;
            var live = attempt == 1 ? owner : await _client.FindAsync(ApiKinds.ScoringServices, ns, service, cancellationToken);
            if (live is null || change(live.Spec.WantedReplicas) is var wanted && wanted == live.Spec.Replicas)
            {
                return;
            }

            try
            {
                // With the version that was read: another gateway's change must not be lost.
                await _client.MergeAsync(
                    ApiKinds.ScoringServices, ns, service,
                    new Dictionary<string, object>
                    {
                        ["metadata"] = new Dictionary<string, object> { ["resourceVersion"] = live.Metadata.ResourceVersion },
                        ["spec"] = new Dictionary<string, object> { ["replicas"] = wanted },
                    },
                    cancellationToken, "scale");
                LogScaled(service, wanted);
                return;
            }
            catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.Conflict && attempt < ScaleTries)
            {
                LogAgain(service, exception.Message);
            }
            catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }
        }
    }

    private static string? NameByLabel(IKubernetesObject<V1ObjectMeta> item) =>
        item.Metadata.Labels?.TryGetValue(Names.ServiceLabel, out var name) == true ? name : null;

    private ScoringServiceResource? Find(string service) => _services.All
        .Where(candidate => candidate.Metadata.Name == service && candidate.Metadata.DeletionTimestamp is null)
        .OrderBy(candidate => candidate.Metadata.CreationTimestamp)
        .ThenBy(candidate => candidate.Metadata.NamespaceProperty, StringComparer.Ordinal)
        .FirstOrDefault();

    private void PublishAll()
    {
        lock (_gate)
        {
            _isFilled = true;
        }

        foreach (var name in _services.All.Select(service => service.Metadata.Name).Distinct(StringComparer.Ordinal).ToList())
        {
            Publish(name);
        }
    }

    private void Publish(string? name)
    {
        if (name is null)
        {
            return;
        }

        // Held while it is published: what was read later must not be published first.
        lock (_gate)
        {
            if (!_isFilled)
            {
                return;
            }

            if (Find(name) is { } service)
            {
                var ns = service.Metadata.NamespaceProperty;
                _routes.Publish(RouteBuilder.Build(
                    service, _secrets.Find(new ObjectKey(ns, Names.KeysSecret(service))),
                    _pods.All.Where(pod => pod.Metadata.NamespaceProperty == ns && NameByLabel(pod) == name)));
            }
            else
            {
                _routes.Remove(name);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Asked for {Replicas} replicas of {Service}")]
    private partial void LogScaled(string service, int replicas);

    [LoggerMessage(LogLevel.Debug, "The number of replicas of {Service} was changed meanwhile: {Reason}")]
    private partial void LogAgain(string service, string reason);
}
