namespace Fairlead.LocalCompute.Rollouts;

/// <summary>What to do now.</summary>
/// <param name="Start">Replicas of the target to start.</param>
/// <param name="Drain">Replicas to drain and end.</param>
internal sealed record RolloutPlan(int Start, IReadOnlyList<string> Drain);
