namespace Fairlead.Gateway.Tests.Simulation.Day;

/// <summary>What a service is asked over a day: Poisson arrivals whose rate follows the hours and a few bursts.</summary>
internal sealed class TrafficProfile
{
    private readonly List<(double From, double To)> _bursts = [];
    private readonly double _mean;
    private readonly double _swing;
    private readonly double _peakHour;

    /// <param name="random">Chooses the profile.</param>
    /// <param name="isSteady">Requests at equal distances, all of equal duration.</param>
    public TrafficProfile(Random random, bool isSteady)
    {
        IsSteady = isSteady;
        Work = TimeSpan.FromSeconds(isSteady ? 1 : 0.02 * Math.Pow(100, random.NextDouble()));

        // Most services are asked little: 2 requests an hour to 1 every 3 seconds, evenly over the orders of magnitude.
        _mean = isSteady ? 2.5 : Math.Pow(10, (random.NextDouble() * 2.7) - 3.2);
        _swing = random.NextDouble();
        _peakHour = 24 * random.NextDouble();
        for (var i = 0; i < 3; i++)
        {
            var from = random.NextDouble() * 86_000;
            _bursts.Add((from, from + 20 + (100 * random.NextDouble())));
        }
    }

    public bool IsSteady { get; }

    /// <summary>Mean time that a request takes in a replica.</summary>
    public TimeSpan Work { get; }

    /// <summary>No rate is higher.</summary>
    private double Highest => _mean * (1 + _swing) * BurstFactor;

    private const double BurstFactor = 10;

    /// <summary>When the next request comes, in seconds since midnight.</summary>
    public double NextArrival(double now, Random random)
    {
        if (IsSteady)
        {
            return now + (1 / _mean);
        }

        // Thinning: candidates at the highest rate, of which the share that fits the moment is taken.
        do
        {
            now -= Math.Log(1 - random.NextDouble()) / Highest;
        }
        while (now < 86_400 && random.NextDouble() * Highest > Rate(now));

        return now;
    }

    public TimeSpan NextWork(Random random) => IsSteady ? Work : -Math.Log(1 - random.NextDouble()) * Work;

    private double Rate(double now) =>
        _mean * (1 + (_swing * Math.Cos(((now / 3600) - _peakHour) / 24 * 2 * Math.PI)))
        * (_bursts.Exists(burst => now >= burst.From && now < burst.To) ? BurstFactor : 1);
}
