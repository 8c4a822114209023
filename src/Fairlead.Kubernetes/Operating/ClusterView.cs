using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>The objects that an operator works with, kept up to date by watches.</summary>
internal sealed class ClusterView
{
    private static readonly string OurObjects = $"{Names.ServiceLabel},{Names.ManagedByLabel}={Names.ManagedBy}";

    private readonly List<Func<CancellationToken, Task>> _watches = [];

    public ClusterView(ClusterClient client, ClusterFeatures features, string? ns, TimeProvider time, ILoggerFactory logs)
    {
        DisruptionBudgetKind = ApiKinds.DisruptionBudgets(features);
        Services = Watch(ApiKinds.ScoringServices, null);
        Deployments = Watch(ApiKinds.Deployments, OurObjects);
        Pods = Watch(ApiKinds.Pods, Names.ServiceLabel);
        NetworkPolicies = Watch(ApiKinds.NetworkPolicies, OurObjects);
        DisruptionBudgets = Watch(DisruptionBudgetKind, OurObjects);
        PodAutoscalers = Watch(ApiKinds.PodAutoscalers, null);

        ObjectStore<T> Watch<T>(ApiKind<T> kind, string? selector)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            var store = new ObjectStore<T>();
            store.Changed += changed => Changed?.Invoke(ServiceOf(changed));
            var reflector = new Reflector<T>(
                client, kind, new ListQuery(ns, selector), store, time, logs.CreateLogger<Reflector<T>>());
            _watches.Add(reflector.RunAsync);
            Filled = Filled is null ? store.Filled : Task.WhenAll(Filled, store.Filled);
            return store;
        }
    }

    /// <summary>Called with the key of a service when it or anything of it has changed. Must be quick and must not throw.</summary>
    public event Action<ObjectKey>? Changed;

    /// <summary>Ends when everything has been listed once.</summary>
    public Task Filled { get; private set; } = null!;

    public ApiKind<V1PodDisruptionBudget> DisruptionBudgetKind { get; }

    public ObjectStore<ScoringServiceResource> Services { get; }

    public ObjectStore<V1Deployment> Deployments { get; }

    public ObjectStore<V1Pod> Pods { get; }

    public ObjectStore<V1NetworkPolicy> NetworkPolicies { get; }

    public ObjectStore<V1PodDisruptionBudget> DisruptionBudgets { get; }

    /// <summary>All there are: none of them is ours.</summary>
    public ObjectStore<V1HorizontalPodAutoscaler> PodAutoscalers { get; }

    /// <summary>Names of the HorizontalPodAutoscalers that set the number of the service's replicas, too.</summary>
    public IReadOnlyList<string> PodAutoscalersOf(ObjectKey service) =>
        [.. PodAutoscalers.All.Where(scaler => ServiceOf(scaler) == service).Select(static scaler => scaler.Metadata.Name).Order(StringComparer.Ordinal)];

    public IReadOnlyList<V1Pod> PodsOf(ObjectKey service) =>
        [.. Pods.All.Where(pod => ServiceOf(pod) == service).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)];

    /// <summary>Watches until cancelled, or until one of the watches fails for good.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watches = _watches.Select(watch => watch(together.Token)).ToList();
        await Task.WhenAny(watches);
        await together.CancelAsync();
        await Task.WhenAll(watches);
    }

    private static ObjectKey ServiceOf(IKubernetesObject<V1ObjectMeta> item) => item switch
    {
        ScoringServiceResource => ObjectKey.Of(item.Metadata),

        // Our Deployments have the names of their services.
        V1HorizontalPodAutoscaler { Spec.ScaleTargetRef: { Kind: "Deployment" or ScoringServiceResource.KindName } target } =>
            new ObjectKey(item.Metadata.NamespaceProperty ?? "", target.Name),
        _ => new ObjectKey(
            item.Metadata.NamespaceProperty ?? "", item.Metadata.Labels?.TryGetValue(Names.ServiceLabel, out var name) == true ? name : ""),
    };
}
