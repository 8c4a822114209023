using k8s.Models;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Decides whether a rollout replaces replicas in place: when the cluster has no room for one more, a surge would
/// wait for ever while the old replicas hold what it waits for.</summary>
internal static class InPlaceRollout
{
    /// <summary>On the Deployment: the revision that is rolled out in place.</summary>
    public const string Annotation = Resources.ScoringServiceResource.Group + "/in-place";

    /// <summary>How long a new pod may be Unschedulable first: a node may be on its way.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>Whether to, and when to ask again; null: a change will come by itself.</returns>
    public static (bool InPlace, TimeSpan? AskAgain) Decide(ServicePicture picture, DateTimeOffset now)
    {
        var isRolling = picture.Outdated.Count > 0;
        if (!isRolling)
        {
            return (false, null);
        }

        if (IsInPlace(picture.Deployment, picture.Revision))
        {
            return (true, null);
        }

        var waiting = picture.Updated.Select(PodFacts.FindTrouble)
            .Where(trouble => trouble?.Kind == PodTroubleKind.Unschedulable)
            .Select(trouble => trouble!.Since ?? now)
            .DefaultIfEmpty(DateTimeOffset.MaxValue)
            .Min();
        return waiting == DateTimeOffset.MaxValue ? (false, null)
            : now - waiting >= Patience ? (true, null)
            : (false, waiting + Patience - now);
    }

    public static bool IsInPlace(V1Deployment? deployment, string? revision) =>
        revision is not null && deployment?.Metadata.Annotations?.TryGetValue(Annotation, out var marked) == true && marked == revision;
}
