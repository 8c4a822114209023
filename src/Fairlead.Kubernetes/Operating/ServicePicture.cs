using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Everything a decision about a service is made from, read once.</summary>
/// <param name="Revision">The wanted revision; null when the spec cannot be turned into pods.</param>
/// <param name="Pods">All pods of the service.</param>
/// <param name="Refusal">What keeps the objects from being as wanted; null when nothing does.</param>
internal sealed record ServicePicture(
    ScoringServiceResource Service, string? Revision, V1Deployment? Deployment, IReadOnlyList<V1Pod> Pods, ErrorDocument? Refusal)
{
    /// <summary>HorizontalPodAutoscalers that set the number of its replicas, too.</summary>
    public IReadOnlyList<string> PodAutoscalers { get; init; } = [];

    public IReadOnlyList<V1Pod> Present { get; } = [.. Pods.Where(pod => !PodFacts.IsEnding(pod) && !PodFacts.HasEnded(pod))];

    public IReadOnlyList<V1Pod> Updated => [.. Present.Where(pod => PodFacts.Revision(pod) == Revision)];

    public IReadOnlyList<V1Pod> Outdated => [.. Present.Where(pod => PodFacts.Revision(pod) != Revision)];
}
