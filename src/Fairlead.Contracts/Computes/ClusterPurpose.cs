using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Computes;

/// <summary>What a cluster is for (§1.9): it decides how large it must be, and how its gateways grow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClusterPurpose>))]
public enum ClusterPurpose
{
    /// <summary>Production: at least 3 nodes and 12 vCPUs.</summary>
    FastProd,

    /// <summary>Development and test: one node will do; one gateway, which does not grow by itself.</summary>
    DevTest,

    /// <summary>Production with many services on few nodes: at least 3 nodes and 12 vCPUs.</summary>
    DenseProd,
}

/// <summary>How the gateway of a cluster is reached.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LoadBalancerType>))]
public enum LoadBalancerType
{
    /// <summary>A load balancer with a public address (§1.9).</summary>
    PublicIp,

    /// <summary>A load balancer with an address of the cluster's own network (§1.9).</summary>
    InternalLoadBalancer,

    /// <summary>A port on every node.</summary>
    NodePort,

    /// <summary>From inside the cluster alone, for example behind an ingress of one's own.</summary>
    ClusterIP,
}
