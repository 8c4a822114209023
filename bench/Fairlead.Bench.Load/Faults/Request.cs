namespace Fairlead.Bench.Load.Faults;

/// <summary>What became of a request.</summary>
/// <param name="Sent">When.</param>
/// <param name="Ended">When its answer was whole, or it failed.</param>
/// <param name="Gateway">Which answered, or failed.</param>
/// <param name="Error">Null for an answer of the model.</param>
/// <param name="Moved">It found a closed port and went to another gateway, as behind a load balancer.</param>
internal sealed record Request(double Sent, double Ended, int Gateway, string? Error, bool Moved);
