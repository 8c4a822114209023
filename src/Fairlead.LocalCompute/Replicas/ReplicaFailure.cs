namespace Fairlead.LocalCompute.Replicas;

/// <summary>Why a process of a replica is no longer there.</summary>
/// <param name="ExitCode">Null when there was no process.</param>
/// <param name="BeforeReady">Whether it had never answered.</param>
internal sealed record ReplicaFailure(ReplicaFailureKind Kind, int? ExitCode, bool BeforeReady, string Summary);

internal enum ReplicaFailureKind
{
    CouldNotStart,
    Crashed,
    OutOfMemory,
    StartTimedOut,
    LivenessProbeFailed,
}
