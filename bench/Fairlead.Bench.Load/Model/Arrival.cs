namespace Fairlead.Bench.Load.Model;

/// <summary>A request: when it comes, how long its work takes, both in the same unit, and which gateway it comes to.</summary>
internal readonly record struct Arrival(double At, double Work, int Gateway);
