using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>Where the API server keeps a kind of objects.</summary>
/// <typeparam name="T">The class of its objects.</typeparam>
/// <param name="ApiVersion"><c>v1</c>, or <c>group/version</c>.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
public sealed record ApiKind<T>(string ApiVersion, string Plural, bool Namespaced = true)
{
    private string Root => ApiVersion.Contains('/') ? "apis/" + ApiVersion : "api/" + ApiVersion;

    /// <summary>Path of the collection; of all namespaces when <paramref name="ns"/> is null.</summary>
    public string CollectionPath(string? ns) => Namespaced && ns is not null ? $"{Root}/namespaces/{ns}/{Plural}" : $"{Root}/{Plural}";

    /// <summary>Path of one object, or of a subresource of it.</summary>
    public string ObjectPath(string? ns, string name, string? subresource = null) =>
        $"{CollectionPath(ns)}/{Uri.EscapeDataString(name)}" + (subresource is null ? "" : "/" + subresource);
}

/// <summary>The kinds we use.</summary>
public static class ApiKinds
{
    public static readonly ApiKind<ScoringServiceResource> ScoringServices =
        new(ScoringServiceResource.Group + "/" + ScoringServiceResource.Version, ScoringServiceResource.Plural);

    public static readonly ApiKind<V1Deployment> Deployments = new("apps/v1", "deployments");
    public static readonly ApiKind<V1Pod> Pods = new("v1", "pods");
    public static readonly ApiKind<V1Secret> Secrets = new("v1", "secrets");
    public static readonly ApiKind<Corev1Event> Events = new("v1", "events");
    public static readonly ApiKind<V1NetworkPolicy> NetworkPolicies = new("networking.k8s.io/v1", "networkpolicies");
    public static readonly ApiKind<V1Node> Nodes = new("v1", "nodes", Namespaced: false);
    public static readonly ApiKind<V1Namespace> Namespaces = new("v1", "namespaces", Namespaced: false);
    public static readonly ApiKind<V1ConfigMap> ConfigMaps = new("v1", "configmaps");
    public static readonly ApiKind<V1Service> Services = new("v1", "services");
    public static readonly ApiKind<V1CustomResourceDefinition> Definitions =
        new("apiextensions.k8s.io/v1", "customresourcedefinitions", Namespaced: false);
    public static readonly ApiKind<V1HorizontalPodAutoscaler> PodAutoscalers = new("autoscaling/v1", "horizontalpodautoscalers");
    public static readonly ApiKind<V1Lease> Leases = new("coordination.k8s.io/v1", "leases");

    /// <summary>Of the version that the server offers.</summary>
    public static ApiKind<V1PodDisruptionBudget> DisruptionBudgets(ClusterFeatures features) =>
        new(features.PolicyV1 ? "policy/v1" : "policy/v1beta1", "poddisruptionbudgets");
}
