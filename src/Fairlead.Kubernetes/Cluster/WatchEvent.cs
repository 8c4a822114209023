namespace Fairlead.Kubernetes.Cluster;

/// <summary>What a watch says. The object of a bookmark has a resource version alone.</summary>
public sealed record WatchEvent<T>(WatchEventKind Kind, T Value);

/// <summary>Kinds of <see cref="WatchEvent{T}"/>; errors are exceptions.</summary>
public enum WatchEventKind
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}
