using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using k8s.Models;

namespace Fairlead.Kubernetes.Resources;

/// <summary>What the operator reports. Only the operator writes it.</summary>
public sealed record ScoringServiceResourceStatus
{
    /// <summary>The generation of the object that this status speaks of.</summary>
    public long ObservedGeneration { get; set; }

    public ServiceState State { get; set; } = ServiceState.Transitioning;

    /// <summary>Pods there are, of any revision, but for those that end.</summary>
    public int Replicas { get; set; }

    public int ReadyReplicas { get; set; }

    /// <summary>Pods of the wanted revision.</summary>
    public int UpdatedReplicas { get; set; }

    public int DesiredReplicas { get; set; }

    /// <summary>Label selector of the pods; the <c>scale</c> subresource shows it.</summary>
    public string? Selector { get; set; }

    /// <summary>Short hash of everything that makes pods be replaced.</summary>
    public string? Revision { get; set; }

    /// <summary>The newest revision that has become ready on all wanted replicas; null before the first.</summary>
    public string? ServingRevision { get; set; }

    /// <summary>Path of the service on the cluster's gateway.</summary>
    public string? Url { get; set; }

    /// <summary>What is being done now; null when nothing is.</summary>
    public string? Activity { get; set; }

    /// <summary>Why it failed or waits (§1.7); null when it does not.</summary>
    public ErrorDocument? Error { get; set; }

    public IReadOnlyList<V1Condition> Conditions { get; set; } = [];
}
