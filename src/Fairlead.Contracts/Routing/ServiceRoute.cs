using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Routing;

/// <summary>What a gateway needs to know of a service: an immutable picture, published whole with every change.</summary>
public sealed record ServiceRoute
{
    public required string Service { get; init; }

    public required ScoringServiceSpec Spec { get; init; }

    public required ServiceSecret Secret { get; init; }

    /// <summary>The number of replicas the compute target is working towards.</summary>
    public required int DesiredReplicas { get; init; }

    /// <summary>Replicas that may take requests now, and those that drain.</summary>
    public required IReadOnlyList<ReplicaEndpoint> Replicas { get; init; }

    /// <summary>For an endpoint: the services that answer. It has no replicas itself, and its own authentication. Null for a
    /// service.</summary>
    public TrafficSplit? Traffic { get; init; }
}

/// <summary>Where a replica answers.</summary>
/// <param name="Id">Unique on the compute target; a replica that restarts gets a new one or a new address.</param>
/// <param name="Address">Base address, for example <c>http://127.0.0.1:40123</c>; gateways speak to replicas without
/// TLS.</param>
/// <param name="MaxConcurrentRequests">Requests it takes at a time.</param>
/// <param name="Draining">True: it gets no new request, and stops when those in flight have ended.</param>
/// <exception cref="ArgumentException">The address does not begin with <c>http://</c>.</exception>
public sealed record ReplicaEndpoint(string Id, Uri Address, int MaxConcurrentRequests, bool Draining)
{
    private readonly Uri _address = RequireHttp(Address);

    public Uri Address
    {
        get => _address;
        init => _address = RequireHttp(value);
    }

    /// <summary>How its start went; null when the compute target does not tell.</summary>
    public ReplicaStart? Start { get; init; }

    private static Uri RequireHttp(Uri address) => address.IsAbsoluteUri && address.Scheme == Uri.UriSchemeHttp
        ? address
        : throw new ArgumentException(
            $"The address of a replica is '{address.OriginalString}'; it must begin with http://, since gateways speak to replicas without TLS.",
            nameof(address));
}
