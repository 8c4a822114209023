using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Watching;

/// <summary>The last known state of all objects of a kind. One <see cref="Reflector{T}"/> writes, any thread reads. Objects
/// must not be changed.</summary>
public sealed class ObjectStore<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called by the writer for each object that came, changed or went, with its last state. Must be quick and must
    /// not throw.</summary>
    public event Action<T>? Changed;

    /// <summary>Ends when the first list has come.</summary>
    public Task Filled => _filled.Task;

    public IEnumerable<T> All => _objects.Values;

    public T? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    internal void Replace(IReadOnlyList<T> all)
    {
        var present = all.ToDictionary(item => ObjectKey.Of(item.Metadata));
        foreach (var key in _objects.Keys.Where(key => !present.ContainsKey(key)).ToList())
        {
            if (_objects.TryRemove(key, out var gone))
            {
                Changed?.Invoke(gone);
            }
        }

        foreach (var item in present.Values)
        {
            Put(item);
        }

        _filled.TrySetResult();
    }

    internal void Put(T item)
    {
        var key = ObjectKey.Of(item.Metadata);
        if (_objects.TryGetValue(key, out var known) && known.Metadata.Uid == item.Metadata.Uid
            && known.Metadata.ResourceVersion == item.Metadata.ResourceVersion)
        {
            return;
        }

        _objects[key] = item;
        Changed?.Invoke(item);
    }

    internal void Remove(T item)
    {
        _objects.TryRemove(ObjectKey.Of(item.Metadata), out _);
        Changed?.Invoke(item);
    }
}
