using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Operating;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Routing;

/// <summary>What a gateway needs to know of a service of the cluster: a pure function of the objects.</summary>
internal static class RouteBuilder
{
    private const int HashDigits = 64;
    private static readonly char[] Separators = [' ', ',', '\n', '\r', '\t'];

    /// <param name="keys">The Secret with its keys; null when it is not there (yet): then no key opens the service.</param>
    public static ServiceRoute Build(ScoringServiceResource service, V1Secret? keys, IEnumerable<V1Pod> pods)
    {
        var spec = service.Spec;
        var traffic = spec.Traffic?.ToSplit();
        return new ServiceRoute
        {
            Service = service.Metadata.Name,
            DesiredReplicas = spec.WantedReplicas,
            Secret = new ServiceSecret(KeyHashes(keys)) { Tokens = KeysSecretManifest.ReadTokens(keys) },
            Spec = new ScoringServiceSpec(spec)
            {
                NumReplicas = spec.AutoScaler.AutoscaleEnabled ? null : spec.Replicas,
                Traffic = traffic,
            },
            Traffic = traffic,
            Replicas = Replicas([.. pods], spec),
        };
    }

    // After the API server was away, Kubernetes calls every pod unready for a while, though their containers still are: when
    // no pod is left, it is better to try those.
    private static List<ReplicaEndpoint> Replicas(List<V1Pod> pods, ScoringServiceResourceSpec spec)
    {
        Func<V1Pod, bool> isReady = pods.Exists(PodFacts.IsReady) ? PodFacts.IsReady : PodFacts.HasReadyContainers;
        return [.. pods.Select(pod => Replica(pod, isReady(pod), spec)).OfType<ReplicaEndpoint>().OrderBy(replica => replica.Id, StringComparer.Ordinal)];
    }

    // A pod that ends answers what it has until it is gone; one that is not ready gets nothing.
    private static ReplicaEndpoint? Replica(V1Pod pod, bool isReady, ScoringServiceResourceSpec spec)
    {
        var isEnding = PodFacts.IsEnding(pod);
        return pod.Status?.PodIP is not { Length: > 0 } address || !(isEnding || isReady) || PodFacts.HasEnded(pod)
            ? null
            : new ReplicaEndpoint(
                pod.Metadata.Name,
                new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{(address.Contains(':') ? $"[{address}]" : address)}:{Names.ScoringPort}")),
                spec.MaxConcurrentRequestsPerContainer,
                isEnding)
            {
                Start = PodFacts.StartOf(pod),
            };
    }

    private static List<string> KeyHashes(V1Secret? secret)
    {
        var data = secret?.Data ?? new Dictionary<string, byte[]>();
        var given = data.TryGetValue(KeysSecretManifest.KeyHashes, out var hashes)
            ? Encoding.UTF8.GetString(hashes).Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(hash => hash.ToLowerInvariant())
                .Where(hash => hash.Length == HashDigits && hash.All(char.IsAsciiHexDigitLower))
            : [];
        var keys = new[] { KeysSecretManifest.PrimaryKey, KeysSecretManifest.SecondaryKey }
            .Select(name => data.TryGetValue(name, out var key) ? key : [])
            .Where(key => key.Length > 0)
            .Select(key => Convert.ToHexStringLower(SHA256.HashData(key)));
        return [.. given.Concat(keys)];
    }
}
