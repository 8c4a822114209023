using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Replicas;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What a reconciler knows at one moment, and the status that follows from it (pure).</summary>
internal sealed record ServiceStatusBuilder
{
    public required ScoringService Service { get; init; }

    public required int Desired { get; init; }

    /// <summary>Each replica with the newest generation it can serve.</summary>
    public required IReadOnlyList<(ReplicaSnapshot Replica, long Generation)> Replicas { get; init; }

    public required long ServingGeneration { get; init; }

    /// <summary>Whether the rollout of the observed generation has ended well.</summary>
    public required bool IsSettled { get; init; }

    public ErrorDocument? Error { get; init; }

    public string? PreparationActivity { get; init; }

    public bool IsDeleting { get; init; }

    public ScoringServiceStatus Build()
    {
        var ready = Replicas.Count(entry => entry.Replica.State == ReplicaState.Ready);
        var updated = Replicas.Where(entry => entry.Generation == Service.Generation
            && entry.Replica.State is not (ReplicaState.Draining or ReplicaState.Stopped)).Select(entry => entry.Replica).ToList();
        var state = StateFor(ready);
        return new ScoringServiceStatus
        {
            Service = Service.Name,
            ObservedGeneration = Service.Generation,
            ServingGeneration = ServingGeneration,
            State = state,
            Error = Error,
            Activity = Activity(state, updated),
            DesiredReplicas = Desired,
            UpdatedReplicas = updated.Count,
            AvailableReplicas = ready,
            Replicas = [.. Replicas.Select(entry => new ReplicaStatus
            {
                Id = entry.Replica.Id,
                Generation = entry.Generation,
                State = entry.Replica.State,
                Restarts = entry.Replica.Restarts,
                StartedAt = entry.Replica.StartedAt,
                ReadyAt = entry.Replica.ReadyAt,
                Reason = entry.Replica.Reason,
            })],
        };
    }

    private ServiceState StateFor(int ready)
    {
        if (IsDeleting)
        {
            return ServiceState.Transitioning;
        }

        if (Error is not null)
        {
            // The generation before goes on serving.
            return ready > 0 || (Desired == 0 && ServingGeneration > 0) ? ServiceState.Healthy : ServiceState.Failed;
        }

        if (!IsSettled)
        {
            return ServiceState.Transitioning;
        }

        // A service that may be at zero is not ill while its first replica starts; it is when that replica crashed.
        var isWaking = Service.Spec.InitialReplicas == 0 && Replicas.All(entry => entry.Replica.Restarts == 0);
        return ready > 0 || Desired == 0 || isWaking ? ServiceState.Healthy : ServiceState.Unhealthy;
    }

    private string? Activity(ServiceState state, List<ReplicaSnapshot> updated)
    {
        if (IsDeleting)
        {
            return "Deleting: finishing requests...";
        }

        if (Error is not null || state == ServiceState.Healthy)
        {
            return null;
        }

        if (PreparationActivity is not null)
        {
            return PreparationActivity;
        }

        if (updated.Find(replica => replica.State == ReplicaState.BackOff) is { } waiting)
        {
            return $"Replica {waiting.Id} is started again: {waiting.Reason}";
        }

        var started = updated.Count(replica => replica.State == ReplicaState.Ready);
        return started < Desired
            ? string.Create(CultureInfo.InvariantCulture, $"Starting replica {started + 1} of {Desired}...")
            : "Ending replicas of the generation before...";
    }
}
