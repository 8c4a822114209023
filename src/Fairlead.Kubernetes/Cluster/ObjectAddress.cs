using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>Where an object of any kind is, for those whose content does not matter.</summary>
/// <param name="Kind">Its kind, for people.</param>
/// <param name="Path">Its path on the API server.</param>
/// <param name="Namespace">Null when it is of the whole cluster.</param>
internal sealed record ObjectAddress(string Kind, string Path, string? Namespace, string Name)
{
    private static readonly Dictionary<string, (string Plural, bool Namespaced)> Kinds = new(StringComparer.Ordinal)
    {
        ["Namespace"] = ("namespaces", false),
        ["CustomResourceDefinition"] = ("customresourcedefinitions", false),
        ["ClusterRole"] = ("clusterroles", false),
        ["ClusterRoleBinding"] = ("clusterrolebindings", false),
        ["PriorityClass"] = ("priorityclasses", false),
        ["Role"] = ("roles", true),
        ["RoleBinding"] = ("rolebindings", true),
        ["ServiceAccount"] = ("serviceaccounts", true),
        ["ConfigMap"] = ("configmaps", true),
        ["Secret"] = ("secrets", true),
        ["Service"] = ("services", true),
        ["Deployment"] = ("deployments", true),
        ["NetworkPolicy"] = ("networkpolicies", true),
        ["PodDisruptionBudget"] = ("poddisruptionbudgets", true),
        ["Lease"] = ("leases", true),
    };

    /// <exception cref="ArgumentException">The kind is none of those that an installation is made of.</exception>
    public static ObjectAddress Of(IKubernetesObject<V1ObjectMeta> value) =>
        Of(value.ApiVersion, value.Kind, value.Metadata.NamespaceProperty, value.Metadata.Name);

    public static ObjectAddress Of(string apiVersion, string kind, string? ns, string name)
    {
        if (!Kinds.TryGetValue(kind, out var known))
        {
            throw new ArgumentException($"There is no way to install a {kind}; add it to {nameof(ObjectAddress)}.", nameof(kind));
        }

        var place = known.Namespaced ? ns ?? throw new ArgumentException($"{kind} {name} has no namespace.", nameof(ns)) : null;
        return new ObjectAddress(kind, new ApiKind<V1ObjectMeta>(apiVersion, known.Plural, known.Namespaced).ObjectPath(place, name), place, name);
    }

    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
