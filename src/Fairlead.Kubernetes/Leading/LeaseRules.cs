using k8s.Models;

namespace Fairlead.Kubernetes.Leading;

/// <summary>Who may hold a Lease: pure decisions. Only the clock of the process that looks is used: a Lease has expired when it
/// has not changed for its whole duration while one watched.</summary>
internal static class LeaseRules
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>A holder that could not renew for so long stops working, well before another may begin.</summary>
    public static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <param name="unchangedFor">How long the lease has been seen as it is.</param>
    public static bool MayTake(V1Lease? lease, string identity, TimeSpan unchangedFor) =>
        lease?.Spec is not { HolderIdentity: { Length: > 0 } holder } spec
        || holder == identity
        || unchangedFor >= TimeSpan.FromSeconds(spec.LeaseDurationSeconds ?? Duration.TotalSeconds);

    /// <summary>The lease as its holder writes it.</summary>
    public static V1Lease Held(V1Lease? before, string ns, string name, string identity, DateTimeOffset now)
    {
        var isOurs = before?.Spec?.HolderIdentity == identity;
        return new V1Lease
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = before?.Metadata ?? new V1ObjectMeta { Name = name, NamespaceProperty = ns },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = identity,
                LeaseDurationSeconds = (int)Duration.TotalSeconds,
                AcquireTime = isOurs ? before!.Spec.AcquireTime : now.UtcDateTime,
                RenewTime = now.UtcDateTime,
                LeaseTransitions = before is null ? 0 : (before.Spec?.LeaseTransitions ?? 0) + (isOurs ? 0 : 1),
            },
        };
    }
}
