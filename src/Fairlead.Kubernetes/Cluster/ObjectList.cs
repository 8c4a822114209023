using k8s.Models;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>A page of a list.</summary>
public sealed class ObjectList<T>
{
    public V1ListMeta Metadata { get; set; } = new();

    public IReadOnlyList<T> Items { get; set; } = [];
}
