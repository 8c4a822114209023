using k8s.Models;

namespace Fairlead.Kubernetes.Watching;

/// <summary>Names an object of a kind.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(V1ObjectMeta metadata) => new(metadata.NamespaceProperty ?? "", metadata.Name);

    public override string ToString() => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}
