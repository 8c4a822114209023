using System.Collections.Concurrent;
using System.Net;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Makes the Secret with the keys of services that name none. The operator may create Secrets and read none, so it
/// learns from the refusal that one is there; that one is the user's from then on.</summary>
internal sealed partial class KeysSecrets(ClusterClient client, TimeProvider time, ILogger<KeysSecrets> logger)
{
    /// <summary>How long a Secret that was there is taken to be there still.</summary>
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    public async Task EnsureAsync(ScoringServiceResource service, CancellationToken cancellationToken)
    {
        if (service.Spec is not { AuthEnabled: true, KeysSecret: null }
            || (_seen.TryGetValue(service.Metadata.Uid, out var seen) && time.GetElapsedTime(seen) < Trust))
        {
            return;
        }

        var secret = KeysSecretManifest.Build(service, KeysSecretManifest.NewKey(), KeysSecretManifest.NewKey());
        try
        {
            await client.CreateAsync(ApiKinds.Secrets, secret, cancellationToken);
            LogMade(secret.Metadata.NamespaceProperty, secret.Metadata.Name);
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
        {
            // It is there: made before, or by somebody else.
        }

        _seen[service.Metadata.Uid] = time.GetTimestamp();
    }

    /// <summary>Forgets a service that is gone.</summary>
    public void Forget(string uid) => _seen.TryRemove(uid, out _);

    [LoggerMessage(LogLevel.Information, "Made Secret {Namespace}/{Name} with new keys")]
    private partial void LogMade(string @namespace, string name);
}
