namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What the planner needs to know of a replica that does not drain.</summary>
internal readonly record struct ReplicaView(string Id, bool IsTarget, bool IsReady);
