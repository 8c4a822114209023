using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>A replica at one moment.</summary>
internal sealed record ReplicaSnapshot
{
    public required string Id { get; init; }

    public required ReplicaState State { get; init; }

    /// <summary>Null unless it answers, or drains after it did.</summary>
    public Uri? Address { get; init; }

    public int Restarts { get; init; }

    /// <summary>Starts in a row that never became ready.</summary>
    public int FailedStarts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its process listened.</summary>
    public DateTimeOffset? ListeningAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    public string? Reason { get; init; }

    public ReplicaFailure? LastFailure { get; init; }
}
