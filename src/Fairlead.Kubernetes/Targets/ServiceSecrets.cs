using System.Text;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Targets;

/// <summary>The two Secrets of a service of a workspace: hashes of its keys and which tokens open it, and rights to read its files.</summary>
internal sealed class ServiceSecrets(ClusterClient client, string ns, IBlobLinks links)
{
    /// <summary>Versions back whose pods may still have to be replaced, a node having failed.</summary>
    private const int MostManifests = 50;

    /// <summary>Brings both up to date; before the service itself, whose pods need them.</summary>
    /// <param name="owner">The service, once it is there: they go when it goes.</param>
    public async Task ApplyAsync(ScoringService service, ScoringServiceResource? owner, CancellationToken cancellationToken)
    {
        var hashes = Build(Names.KeysSecret(service.Name), service.Name, owner);
        hashes.Data = new Dictionary<string, byte[]>
        {
            [KeysSecretManifest.KeyHashes] = Encoding.ASCII.GetBytes(string.Join('\n', service.Secret.KeyHashes)),
        };
        if (service.Secret.Tokens is { } tokens)
        {
            hashes.Data[KeysSecretManifest.Tokens] = KeysSecretManifest.Write(tokens);
        }

        await client.ApplyAsync(ApiKinds.Secrets, hashes, cancellationToken);

        var known = await client.FindAsync(ApiKinds.Secrets, ns, ServiceResources.FilesSecretOf(service.Name), cancellationToken);
        await ApplyFilesAsync(
            service.Name,
            [.. ServiceResources.ManifestsOf(service.Spec).Concat(ManifestsIn(known)).Distinct(StringComparer.Ordinal).Take(MostManifests)],
            owner, cancellationToken);
    }

    /// <summary>Renews the rights of a service that has not changed.</summary>
    public async Task RenewAsync(ScoringServiceResource service, CancellationToken cancellationToken)
    {
        var name = service.Metadata.Name;
        if (await client.FindAsync(ApiKinds.Secrets, ns, ServiceResources.FilesSecretOf(name), cancellationToken) is { } known)
        {
            await ApplyFilesAsync(name, [.. ManifestsIn(known)], service, cancellationToken);
        }
    }

    public async Task DeleteAsync(string service, CancellationToken cancellationToken)
    {
        await client.DeleteAsync(ApiKinds.Secrets, ns, ServiceResources.FilesSecretOf(service), cancellationToken);
        await client.DeleteAsync(ApiKinds.Secrets, ns, Names.KeysSecret(service), cancellationToken);
    }

    private Task<V1Secret> ApplyFilesAsync(
        string service, IReadOnlyList<string> manifests, ScoringServiceResource? owner, CancellationToken cancellationToken)
    {
        var secret = Build(ServiceResources.FilesSecretOf(service), service, owner);
        secret.Data = manifests.ToDictionary(ServiceResources.VariableOf, manifest => Encoding.ASCII.GetBytes(links.Sign(manifest)));
        return client.ApplyAsync(ApiKinds.Secrets, secret, cancellationToken);
    }

    private static IEnumerable<string> ManifestsIn(V1Secret? secret) =>
        (secret?.Data?.Keys ?? []).Select(ServiceResources.ManifestOf).OfType<string>();

    private V1Secret Build(string name, string service, ScoringServiceResource? owner) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Type = "Opaque",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = ns,
            Labels = new Dictionary<string, string> { [Names.ServiceLabel] = service, [Names.ManagedByLabel] = Names.ManagedBy },
            OwnerReferences = owner is null ? null : ServiceLabels.Owned(owner, name).OwnerReferences,
        },
    };
}
