using System.Text.Json.Serialization;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Api;

/// <summary>A compute target as the API shows it (§1.9).</summary>
/// <param name="Name">Its name.</param>
/// <param name="ComputeType"><c>LOCAL</c>, <c>Kubernetes</c> or <c>AKS</c>.</param>
/// <param name="GatewayUrl">The base of its scoring URLs; empty while there is none.</param>
public sealed record ComputeDto(string Name, string ComputeType, string GatewayUrl)
{
    public ProvisioningState ProvisioningState { get; set; } = ProvisioningState.Succeeded;

    /// <summary>Why the newest operation failed; null when it did not.</summary>
    public ErrorDocument? ProvisioningErrors { get; init; }

    /// <summary>The newest operation; null for local compute.</summary>
    public string? OperationId { get; init; }

    /// <summary>Null for local compute, as everything below.</summary>
    public ClusterPurpose? ClusterPurpose { get; init; }

    /// <summary>Namespace of the services.</summary>
    public string? Namespace { get; init; }

    /// <summary>Address of the API server.</summary>
    public string? ClusterFqdn { get; init; }

    public string? KubernetesVersion { get; init; }

    /// <summary>Nodes that take pods, when it was last attached.</summary>
    public int? AgentCount { get; init; }

    /// <summary>Id of an AKS cluster, as it was given.</summary>
    public string? ClusterResourceId { get; init; }

    public LoadBalancerType? LoadBalancerType { get; init; }

    public string? LoadBalancerSubnet { get; init; }

    /// <summary>HTTPS of the gateways; without certificate and key.</summary>
    public SslConfiguration? SslConfiguration { get; init; }

    /// <summary>Fairlead's image in the cluster.</summary>
    public string? Image { get; init; }

    /// <summary>The workspace's address as pods of the cluster reach it.</summary>
    public string? WorkspaceUrl { get; init; }

    public DateTimeOffset? CreatedTime { get; init; }
}

/// <summary>States of a compute target (§1.9).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProvisioningState>))]
public enum ProvisioningState
{
    Creating,
    Updating,
    Deleting,
    Succeeded,
    Failed,
}

/// <summary>
/// <c>POST /computes</c>: attaches a cluster, or upgrades it in place when it is attached under this name. 202 with
/// <c>Operation-Location</c> and the <see cref="ComputeDto"/>. Everything is checked first.
/// </summary>
public sealed record AttachComputeRequest
{
    /// <summary>See <see cref="ComputeNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary><c>Kubernetes</c> (default) or <c>AKS</c>.</summary>
    public string ComputeType { get; set; } = "Kubernetes";

    /// <summary>A kubeconfig with everything in itself. Null: of a cluster that is attached already, the one it was attached
    /// with; else that of the cluster the workspace runs in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Context of the kubeconfig; null: its current one.</summary>
    public string? Context { get; init; }

    /// <summary>Id of an AKS cluster (§1.9), kept for reference.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Namespace of the services; null: <c>azureml-</c> and the workspace's name (§4.7).</summary>
    public string? Namespace { get; init; }

    /// <summary>Null: <see cref="Computes.ClusterPurpose.FastProd"/> (§1.9).</summary>
    public ClusterPurpose? ClusterPurpose { get; init; }

    /// <summary>Null: <see cref="Computes.LoadBalancerType.PublicIp"/> (§1.9).</summary>
    public LoadBalancerType? LoadBalancerType { get; init; }

    /// <summary>Subnet of an internal load balancer.</summary>
    public string? LoadBalancerSubnet { get; init; }

    /// <summary>HTTPS of the gateways; null: as it is, plain HTTP at first.</summary>
    public SslConfiguration? SslConfiguration { get; init; }

    /// <summary>Fairlead's image as the cluster pulls it; null: that of the server's settings.</summary>
    public string? Image { get; init; }

    /// <summary>The workspace's address as pods reach it; null: that of the server's settings, else the address of this
    /// very request.</summary>
    public string? WorkspaceUrl { get; init; }
}

/// <summary>HTTPS of a cluster's gateways (§1.9).</summary>
public sealed record SslConfiguration
{
    /// <summary><c>Enabled</c> (default), or <c>Disabled</c>, which takes it away.</summary>
    public string? Status { get; init; }

    /// <summary>The host name that callers use.</summary>
    public string? Cname { get; init; }

    /// <summary>The certificate and its issuers as PEM; with <see cref="Key"/>.</summary>
    public string? Cert { get; init; }

    /// <summary>Its key as PEM, without a pass phrase. Never shown.</summary>
    public string? Key { get; init; }

    /// <summary>Instead of both, a Secret of type <c>kubernetes.io/tls</c> in the gateways' namespace, whose changes the gateways
    /// follow (ours).</summary>
    public string? Secret { get; init; }
}

/// <summary><c>PATCH /computes/{name}</c>: what is null stays. 202 with <c>Operation-Location</c>.</summary>
public sealed record UpdateComputeRequest
{
    public ClusterPurpose? ClusterPurpose { get; init; }

    public LoadBalancerType? LoadBalancerType { get; init; }

    public string? LoadBalancerSubnet { get; init; }

    public SslConfiguration? SslConfiguration { get; init; }

    public string? Image { get; init; }

    public string? WorkspaceUrl { get; init; }

    /// <summary>A new kubeconfig, for example with a certificate that is still valid.</summary>
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }
}

/// <summary><c>POST /computes/{name}/listKeys</c> (§1.9).</summary>
public sealed record ComputeKeysDto(string ComputeType, string AdminKubeConfig);

/// <summary><c>GET /computes/{name}/objects</c>: what a detachment removes.</summary>
/// <param name="Value">Each as <c>Kind namespace/name</c>.</param>
public sealed record ComputeObjectsDto(IReadOnlyList<string> Value);
