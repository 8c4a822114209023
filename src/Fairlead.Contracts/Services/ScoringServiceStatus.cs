using System.Text.Json.Serialization;
using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Services;

/// <summary>What a compute target reports about a service. Only the target writes it.</summary>
public sealed record ScoringServiceStatus
{
    public required string Service { get; init; }

    /// <summary>The generation this status speaks of.</summary>
    public required long ObservedGeneration { get; init; }

    /// <summary>The newest generation that has become ready and answers requests; 0 before the first.</summary>
    public long ServingGeneration { get; init; }

    public required ServiceState State { get; init; }

    /// <summary>Why <see cref="ObservedGeneration"/> failed or waits; null when it does not.</summary>
    public ErrorDocument? Error { get; init; }

    /// <summary>What is being done now, for progress displays; null when nothing is.</summary>
    public string? Activity { get; init; }

    /// <summary>What works against the service though it runs; null when nothing does.</summary>
    public string? Warning { get; init; }

    public int DesiredReplicas { get; init; }

    /// <summary>Replicas of the observed generation.</summary>
    public int UpdatedReplicas { get; init; }

    /// <summary>Replicas that are ready, of any generation.</summary>
    public int AvailableReplicas { get; init; }

    public IReadOnlyList<ReplicaStatus> Replicas { get; set; } = [];

    /// <summary>True when the rollout of <see cref="ObservedGeneration"/> has ended, well or not.</summary>
    [JsonIgnore]
    public bool IsSettled => State is ServiceState.Healthy or ServiceState.Failed
        && (Error is not null || ServingGeneration == ObservedGeneration);
}

/// <summary>One replica of a service.</summary>
public sealed record ReplicaStatus
{
    /// <summary>Unique on the compute target, for example <c>iris-3-x7k2p</c>.</summary>
    public required string Id { get; init; }

    public required long Generation { get; init; }

    public required ReplicaState State { get; init; }

    /// <summary>How often it was started again after it ended by itself.</summary>
    public int Restarts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason { get; init; }
}

/// <summary>The life of a replica.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplicaState>))]
public enum ReplicaState
{
    Starting,
    Ready,
    Draining,
    BackOff,
    Stopped,
}
