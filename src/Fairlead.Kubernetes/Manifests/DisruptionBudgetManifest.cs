using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>A drain of nodes takes as many replicas at a time as a rollout may, and at least one, so that it never hangs.</summary>
internal static class DisruptionBudgetManifest
{
    /// <remarks>Both versions have the members used here, so one class serves both.</remarks>
    public static V1PodDisruptionBudget Build(ScoringServiceResource service, ManifestOptions options) => new()
    {
        ApiVersion = options.Features.PolicyV1 ? "policy/v1" : "policy/v1beta1",
        Kind = "PodDisruptionBudget",
        Metadata = ServiceLabels.Owned(service, Names.Deployment(service)),
        Spec = new V1PodDisruptionBudgetSpec
        {
            MaxUnavailable = Math.Max(1, service.Spec.Rollout.MaxUnavailable),
            Selector = new V1LabelSelector { MatchLabels = ServiceLabels.Selector(service) },
        },
    };
}
