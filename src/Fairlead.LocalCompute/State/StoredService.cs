using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.State;

/// <summary>A service as it is on disk.</summary>
/// <param name="Wanted">What is to run.</param>
/// <param name="Serving">The newest generation whose rollout succeeded; null before the first.</param>
internal sealed record StoredService(ScoringService Wanted, ScoringService? Serving);
