namespace Fairlead.Gateway.Leasing;

/// <summary>How the wait for a replica ended.</summary>
internal enum LeaseOutcome
{
    Granted,
    QueueFull,
    TimedOut,

    /// <summary>Timed out while no replica at all was ready.</summary>
    NoReplicas,

    /// <summary>The service was deleted while the request waited.</summary>
    Removed,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,
}

/// <summary>An outcome and, when it is <see cref="LeaseOutcome.Granted"/>, the lease to release.</summary>
internal readonly record struct LeaseResult(LeaseOutcome Outcome, ReplicaLease Lease)
{
    public static LeaseResult Refused(LeaseOutcome outcome) => new(outcome, default);
}
