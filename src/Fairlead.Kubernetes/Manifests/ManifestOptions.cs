using Fairlead.Kubernetes.Cluster;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>What manifests depend on besides the service.</summary>
public sealed record ManifestOptions
{
    /// <summary>Our own image: it brings the scoring host, and is the environment of services without an image.</summary>
    public required string Image { get; init; }

    /// <summary>Secrets with credentials for <see cref="Image"/>, which must be in the services' namespaces.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; init; } = [];

    /// <summary>Namespace of the gateways; null: those of any namespace are admitted.</summary>
    public string? GatewayNamespace { get; init; }

    public required ClusterFeatures Features { get; init; }
}
