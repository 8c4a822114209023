namespace Fairlead.Contracts.Computes;

/// <summary>A cluster as it is attached to a workspace: how to reach it, and what to install there.</summary>
public sealed record ClusterAttachment
{
    /// <summary>Stays the same for as long as the cluster is attached; the cluster keeps it, so that one cluster belongs to
    /// one workspace.</summary>
    public required string Id { get; init; }

    /// <summary>The compute target's name.</summary>
    public required string Name { get; init; }

    /// <summary>The workspace's name.</summary>
    public required string Workspace { get; init; }

    /// <summary>A kubeconfig with everything in itself; empty: the cluster that this process runs in. Secret.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Namespace of the services.</summary>
    public required string Namespace { get; init; }

    public required ClusterPurpose Purpose { get; init; }

    /// <summary>Fairlead's own image, as the cluster pulls it.</summary>
    public required string Image { get; init; }

    /// <summary>The workspace's address as pods of the cluster reach it, without a slash at the end.</summary>
    public required string WorkspaceUrl { get; init; }

    public LoadBalancerType LoadBalancerType { get; set; } = LoadBalancerType.PublicIp;

    /// <summary>Subnet of an internal load balancer; null: the cluster's choice.</summary>
    public string? LoadBalancerSubnet { get; init; }

    /// <summary>Null: gateways answer plain HTTP.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Id of an AKS cluster, as it was given; only shown.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Without the kubeconfig: this may be written to a log.</summary>
    public override string ToString() => $"{Name} ({Id})";
}

/// <summary>What is known of a cluster after its installation.</summary>
public sealed record ClusterFacts
{
    /// <summary>Address of its API server.</summary>
    public string ApiServer { get; set; } = "";

    /// <summary>For example <c>v1.31.2</c>.</summary>
    public string KubernetesVersion { get; set; } = "";

    /// <summary>Nodes that take pods.</summary>
    public int Nodes { get; set; }

    /// <summary>The base of scoring URLs, without a slash at the end; empty while there is none.</summary>
    public string GatewayUrl { get; set; } = "";
}
