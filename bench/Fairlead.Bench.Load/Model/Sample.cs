namespace Fairlead.Bench.Load.Model;

/// <summary>Draws requests: Poisson arrivals at a load, work by a law; times in units of the mean work.</summary>
internal static class Sample
{
    private const int Tries = 200;

    /// <summary>Share of the requests at the start that no mean counts: the queue begins empty.</summary>
    public const double WarmUp = 0.1;

    public static Arrival[] Draw(ServiceLaw law, int servers, double load, int gateways, int count, int seed)
    {
        var random = new Random(seed);
        var arrivals = new Arrival[count];
        var at = 0.0;
        for (var i = 0; i < count; i++)
        {
            at += ServiceLaw.Exponential.Draw(random) / (servers * load);
            arrivals[i] = new Arrival(at, law.Draw(random), random.Next(gateways));
        }

        return arrivals;
    }

    /// <summary>The draw of many whose mean wait in one shared queue is nearest to what the theory says of endless ones. A minute
    /// of a busy queue says little otherwise: at 90 % its mean differs by a quarter from one minute to the next.</summary>
    public static Arrival[] Typical(ServiceLaw law, int servers, double load, int gateways, int count, double theory) =>
        Enumerable.Range(1, Tries)
            .Select(seed => Draw(law, servers, load, gateways, count, seed))
            .MinBy(arrivals => Math.Abs(Mean(Queues.Shared(arrivals, servers)) - theory))!;

    /// <summary>Mean wait in one shared queue, in service times: Erlang C, or two million simulated requests.</summary>
    public static double Theory(ServiceLaw law, int servers, double load) => law == ServiceLaw.Exponential
        ? ErlangC.MeanWait(servers, load)
        : Queues.Shared(Draw(law, servers, load, 1, 2_000_000, 0), servers).Average();

    public static double Mean(double[] waits) => waits.AsSpan((int)(waits.Length * WarmUp)).ToArray().Average();

    /// <summary>Quantile of those after the warm-up.</summary>
    public static double Quantile(double[] waits, double share)
    {
        var sorted = waits[(int)(waits.Length * WarmUp)..];
        Array.Sort(sorted);
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
