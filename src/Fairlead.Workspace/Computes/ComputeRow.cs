using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Computes;

/// <summary>An attached cluster.</summary>
internal sealed class ComputeRow
{
    public required string Name { get; set; }

    /// <summary><c>Kubernetes</c> or <c>AKS</c>.</summary>
    public required string ComputeType { get; set; }

    /// <summary>The <see cref="ClusterAttachment"/>, without its kubeconfig; keys in it are encrypted.</summary>
    public required string SettingsJson { get; set; }

    /// <summary>Encrypted.</summary>
    public required string Kubeconfig { get; set; }

    /// <summary><see cref="ClusterFacts"/> of the last installation that ended well.</summary>
    public required string FactsJson { get; set; }

    public ProvisioningState State { get; set; }

    /// <summary>What is being done now.</summary>
    public string? Activity { get; set; }

    /// <summary>Error of the newest operation; null when it succeeded or runs.</summary>
    public string? ErrorJson { get; set; }

    /// <summary>The newest operation.</summary>
    public required string OperationId { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset UpdatedTime { get; set; }

    /// <summary>What operations call it.</summary>
    public string Subject => SubjectOf(Name);

    public static string SubjectOf(string name) => "computes/" + name;

    public ClusterAttachment Settings() => Json.Read(SettingsJson, ContractsJson.Default.ClusterAttachment);

    public ClusterFacts Facts() => Json.Read(FactsJson, ContractsJson.Default.ClusterFacts);

    public ComputeDto ToDto()
    {
        var settings = Settings();
        var facts = Facts();
        return new ComputeDto(Name, ComputeType, facts.GatewayUrl)
        {
            ProvisioningState = State,
            ProvisioningErrors = ErrorJson is null ? null : Json.Read(ErrorJson, ContractsJson.Default.ErrorDocument),
            OperationId = OperationId,
            ClusterPurpose = settings.Purpose,
            Namespace = settings.Namespace,
            ClusterFqdn = facts.ApiServer,
            KubernetesVersion = facts.KubernetesVersion,
            AgentCount = facts.Nodes,
            ClusterResourceId = settings.ResourceId,
            LoadBalancerType = settings.LoadBalancerType,
            LoadBalancerSubnet = settings.LoadBalancerSubnet,
            SslConfiguration = settings.Tls is { } tls ? new SslConfiguration { Status = "Enabled", Cname = tls.Cname, Secret = tls.Secret } : null,
            Image = settings.Image,
            WorkspaceUrl = settings.WorkspaceUrl,
            CreatedTime = CreatedTime,
        };
    }
}
