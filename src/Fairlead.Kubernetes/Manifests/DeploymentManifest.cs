using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>The Deployment of a service.</summary>
internal static class DeploymentManifest
{
    /// <summary>Longest rollout without progress: v1's poll timeout of 20 minutes (§1.7).</summary>
    public const int ProgressDeadlineSeconds = 20 * 60;

    private const int HistoryLimit = 2;

    /// <param name="inPlace">Whether old replicas make room for new ones, since the cluster has none for a surge.</param>
    public static V1Deployment Build(ScoringServiceResource service, ManifestOptions options, bool inPlace)
    {
        var template = PodTemplate.Build(service, options);
        var labels = ServiceLabels.Owned(service, Names.Deployment(service));
        return new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = labels,
            Spec = new V1DeploymentSpec
            {
                Replicas = service.Spec.WantedReplicas,
                RevisionHistoryLimit = HistoryLimit,
                ProgressDeadlineSeconds = Math.Max(ProgressDeadlineSeconds, service.Spec.LivenessProbe.InitialDelaySeconds + 60),
                Selector = new V1LabelSelector { MatchLabels = ServiceLabels.Selector(service) },
                Strategy = Strategy(service.Spec, inPlace),
                Template = template,
            },
        };
    }

    private static V1DeploymentStrategy Strategy(ScoringServiceResourceSpec spec, bool inPlace)
    {
        // A service with one replica stays up when it may surge.
        var surge = inPlace ? 0 : spec.Rollout.MaxSurge;
        var unavailable = surge > 0
            ? Math.Min(spec.Rollout.MaxUnavailable, Math.Max(0, spec.WantedReplicas - 1))
            : Math.Max(1, spec.Rollout.MaxUnavailable);
        return new V1DeploymentStrategy
        {
            Type = "RollingUpdate",
            RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable },
        };
    }
}
