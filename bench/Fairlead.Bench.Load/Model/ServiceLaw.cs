namespace Fairlead.Bench.Load.Model;

/// <summary>How long a replica works on a request, as a law with mean 1.</summary>
internal sealed record ServiceLaw(string Name, Func<Random, double> Draw)
{
    private const double Alpha = 1.5;
    private const double Longest = 100;

    /// <summary>M/M/c: Erlang C holds.</summary>
    public static readonly ServiceLaw Exponential = new("exponential", static random => -Math.Log(1 - random.NextDouble()));

    /// <summary>Bounded Pareto: most are short, the longest is a hundred times the shortest; the square of the coefficient of
    /// variation is 2.7.</summary>
    public static readonly ServiceLaw HeavyTailed = new("heavy-tailed", static random => ParetoFromOne(random) / ParetoMean());

    private static double ParetoFromOne(Random random) =>
        Math.Pow(1 - (random.NextDouble() * (1 - Math.Pow(Longest, -Alpha))), -1 / Alpha);

    private static double ParetoMean() =>
        Alpha / (Alpha - 1) * (1 - Math.Pow(Longest, 1 - Alpha)) / (1 - Math.Pow(Longest, -Alpha));
}
