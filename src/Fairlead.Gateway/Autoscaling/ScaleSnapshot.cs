using Fairlead.Contracts.Services;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Autoscaling;

/// <summary>All that a decision depends on, at one moment.</summary>
/// <param name="Busy">Requests in replicas that stay.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="MaxPerReplica">Places of one replica.</param>
/// <param name="Replicas">Replicas the compute target works towards.</param>
/// <param name="Min">Fewest allowed.</param>
/// <param name="Max">Most allowed.</param>
/// <param name="TargetPercent">Wanted busy share, 1 to 100.</param>
internal readonly record struct ScaleSnapshot(
    int Busy, int Queued, int MaxPerReplica, int Replicas, int Min, int Max, int TargetPercent)
{
    public static ScaleSnapshot From(ScoringServiceSpec spec, int replicas, QueueSnapshot queue) => new(
        queue.Busy,
        queue.Queued,
        spec.MaxConcurrentRequestsPerContainer,
        replicas,
        spec.AutoScaler.MinReplicas,
        spec.AutoScaler.MaxReplicas,

        // Spare room is for replicas that run: the first request after a sleep wakes one replica, not two.
        spec.AutoScaler.MinReplicas == 0 && queue.LiveReplicas == 0 ? 100 : spec.AutoScaler.TargetUtilization);
}
