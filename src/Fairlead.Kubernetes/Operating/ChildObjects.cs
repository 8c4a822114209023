using System.Text.Json;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Makes the objects of a service as they must be, and leaves alone those that are.</summary>
internal sealed partial class ChildObjects(ClusterClient client, ILogger<ChildObjects> logger)
{
    /// <exception cref="FairleadException">An object of that name belongs to somebody else.</exception>
    public async Task EnsureAsync<T>(
        ApiKind<T> kind, ObjectStore<T> store, T wanted, ScoringServiceResource service, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var live = await FindAsync(kind, store, wanted.Metadata, service, cancellationToken);
        if (live is not null && JsonSubset.Covers(Json(live), Json(wanted)))
        {
            return;
        }

        await client.ApplyAsync(kind, wanted, cancellationToken);
        if (live is null)
        {
            LogMade(wanted.Kind, ObjectKey.Of(wanted.Metadata));
        }
        else
        {
            LogRestored(wanted.Kind, ObjectKey.Of(wanted.Metadata));
        }
    }

    /// <summary>Removes an object that the service had before it became an endpoint.</summary>
    public async Task RemoveAsync<T>(
        ApiKind<T> kind, ObjectStore<T> store, ScoringServiceResource service, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (store.Find(ObjectKey.Of(service.Metadata)) is { Metadata: { DeletionTimestamp: null } metadata }
            && OwnerOf(metadata)?.Uid == service.Metadata.Uid)
        {
            await client.DeleteAsync(kind, metadata.NamespaceProperty, metadata.Name, cancellationToken);
            LogRemoved(kind.Plural, ObjectKey.Of(metadata));
        }
    }

    private static V1OwnerReference? OwnerOf(V1ObjectMeta metadata) =>
        metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);

    private async Task<T?> FindAsync<T>(
        ApiKind<T> kind, ObjectStore<T> store, V1ObjectMeta wanted, ScoringServiceResource service, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        // What is not in the store may be there without our labels, or not have come to the watch yet.
        var live = store.Find(ObjectKey.Of(wanted))
            ?? await client.FindAsync(kind, wanted.NamespaceProperty, wanted.Name, cancellationToken);
        if (live is null)
        {
            return null;
        }

        var owner = OwnerOf(live.Metadata);
        if (owner?.Uid == service.Metadata.Uid)
        {
            return live;
        }

        // A service that was made again under its old name waits until the old one's objects have gone.
        throw owner?.Kind == ScoringServiceResource.KindName && owner.Name == service.Metadata.Name
            ? new NotYetException($"{kind.Plural}/{wanted.Name} of the service's former life is still there")
            : new FairleadException(DeploymentErrors.NameTaken($"{kind.Plural}/{wanted.Name}"));
    }

    private static JsonElement Json<T>(T value) => JsonSerializer.Deserialize<JsonElement>(KubernetesJson.Serialize(value));

    [LoggerMessage(LogLevel.Information, "Made {Kind} {Object}")]
    private partial void LogMade(string kind, ObjectKey @object);

    [LoggerMessage(LogLevel.Information, "Removed {Kind}/{Object}: the service is an endpoint now and runs nothing itself")]
    private partial void LogRemoved(string kind, ObjectKey @object);

    [LoggerMessage(LogLevel.Information, "Changed {Kind} {Object}: it was not as it must be")]
    private partial void LogRestored(string kind, ObjectKey @object);
}

/// <summary>Work that has to wait for something that will come.</summary>
internal sealed class NotYetException(string message) : Exception(message);
