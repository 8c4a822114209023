using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>Decides which replicas start and which end, as a Kubernetes Deployment does (pure).</summary>
internal static class RolloutPlanner
{
    /// <param name="replicas">Those that do not drain, oldest first.</param>
    public static RolloutPlan Plan(int desired, RolloutStrategy strategy, IReadOnlyList<ReplicaView> replicas)
    {
        var surge = Math.Max(0, strategy.MaxSurge);

        // Neither more nor fewer would never move: Kubernetes takes 1 fewer then, and so do we.
        var unavailable = surge == 0 ? Math.Max(1, strategy.MaxUnavailable) : Math.Max(0, strategy.MaxUnavailable);

        // Unlike Kubernetes, a service that may surge keeps one ready replica, whatever may be unavailable.
        var least = Math.Max(desired - unavailable, surge > 0 && desired > 0 ? 1 : 0);
        var target = replicas.Where(replica => replica.IsTarget).ToList();
        var others = replicas.Where(replica => !replica.IsTarget).ToList();

        var room = others.Count == 0 ? int.MaxValue : desired + surge - replicas.Count;
        var start = Math.Max(0, Math.Min(desired - target.Count, room));

        var drain = new List<string>();

        // Too many of the target: those that are not ready go first, then the youngest.
        drain.AddRange(target.AsEnumerable().Reverse().OrderBy(replica => replica.IsReady)
            .Take(target.Count - desired).Select(replica => replica.Id));

        // Of the others, those that do not answer may go as long as enough are left when the target's are slow to come.
        var targetWaiting = target.Count(replica => !replica.IsReady);
        var mayGo = Math.Max(0, replicas.Count - least - targetWaiting);
        var idle = others.Where(replica => !replica.IsReady).Take(mayGo).Select(replica => replica.Id).ToList();
        drain.AddRange(idle);

        // Then ready ones, down to the least number of ready replicas.
        var ready = replicas.Count(replica => replica.IsReady && !drain.Contains(replica.Id));
        drain.AddRange(others.Where(replica => replica.IsReady)
            .Take(Math.Max(0, Math.Min(ready - least, mayGo - idle.Count))).Select(replica => replica.Id));
        return new RolloutPlan(start, drain);
    }
}
