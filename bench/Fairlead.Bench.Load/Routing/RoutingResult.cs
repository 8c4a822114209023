namespace Fairlead.Bench.Load.Routing;

/// <summary>Waits of a case, in service times.</summary>
/// <param name="Case">What ran.</param>
/// <param name="Most">The most requests that any replica had at a time.</param>
/// <param name="WayMs">Milliseconds from the sender to a free replica; no part of the waits.</param>
/// <param name="Mean">Mean wait.</param>
/// <param name="Shared">Mean wait in one exact queue of the same arrivals and works.</param>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="SharedP99">Of the exact queue.</param>
/// <param name="RoundRobin">Simulated waits.</param>
/// <param name="LeastConnections">Simulated waits.</param>
/// <param name="Random">Simulated waits.</param>
internal sealed record RoutingResult(
    RoutingCase Case, int Most, double WayMs, double Mean, double Shared, double P50, double P99, double SharedP99,
    double[] RoundRobin, double[] LeastConnections, double[] Random)
{
    /// <summary>Below that many service times the mean of the theory is less than what a shared machine adds to each request:
    /// the difference is judged then.</summary>
    private const double Small = 0.02;

    public const double Limit = 1.15;

    public bool IsSmall => Case.Theory < Small;

    public double OverTheory => Mean / Case.Theory;

    public double OverShared => Mean / Shared;

    public bool Holds => Most <= 1 && Case.Failed == 0 && (IsSmall ? Mean - Case.Theory <= Small : OverTheory <= Limit);
}
