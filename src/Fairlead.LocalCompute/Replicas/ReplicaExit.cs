namespace Fairlead.LocalCompute.Replicas;

/// <summary>How a replica's process ended. A signal counts as 128 and its number.</summary>
internal readonly record struct ReplicaExit(int Code, bool OutOfMemory);
