using Fairlead.Bench.Load.Model;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Routing;

/// <summary>One service under one load, and what became of its requests. Times are in seconds.</summary>
internal sealed class RoutingCase
{
    private readonly double _mean;
    private readonly double[] _sent;
    private readonly double[] _started;
    private readonly double[] _ended;
    private int _failed;

    public RoutingCase(int gateways, int servers, double load, ServiceLaw law, double theory, double mean, double seconds, int firstReplica)
    {
        (Gateways, Servers, Load, Law, Theory, _mean, FirstReplica) = (gateways, servers, load, law, theory, mean, firstReplica);
        var count = (int)(servers * load * seconds / mean);
        Arrivals = Sample.Typical(law, servers, load, gateways, count, theory);
        (_sent, _started, _ended) = (new double[count], new double[count], new double[count]);
    }

    public int Gateways { get; }

    public int Servers { get; }

    public double Load { get; }

    public ServiceLaw Law { get; }

    /// <summary>Mean wait in one endless queue, in service times.</summary>
    public double Theory { get; }

    public int FirstReplica { get; }

    public Arrival[] Arrivals { get; }

    public string Name => $"{Law.Name}-{Servers}-{Load * 100:F0}";

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Where the request with this number goes; -1 is one of the warm-up, without work.</summary>
    public string PathOf(int number) => $"/api/v1/service/{Name}/score?n={number}";

    /// <summary>The work of a replica on the request with this number.</summary>
    public async Task WorkAsync(int request, CancellationToken gone)
    {
        if (request < 0)
        {
            // Of the warm-up.
            return;
        }

        _started[request] = Clock.Now;
        await Clock.DelayAsync(Arrivals[request].Work * _mean, gone);
        _ended[request] = Clock.Now;
    }

    /// <summary>Sends all requests at their times, whatever became of those before, and waits for all answers.</summary>
    public async Task RunAsync(Func<int, string, Task<bool>> send)
    {
        var running = new List<Task>(Arrivals.Length);
        await Clock.PaceAsync(
            Arrivals.Select((arrival, number) => (arrival.At * _mean, number)), number => running.Add(SendAsync(number, send)));
        await Task.WhenAll(running);
    }

    /// <summary>What was measured, beside what would have been.</summary>
    public RoutingResult Result(int most)
    {
        var sent = Enumerable.Range(0, Arrivals.Length).Where(i => _ended[i] > 0).OrderBy(i => _sent[i]).ToArray();
        var happened = sent.Select(i => new Arrival(_sent[i], _ended[i] - _started[i], Arrivals[i].Gateway)).ToArray();
        var shared = Queues.Shared(happened, Servers);
        var measured = sent.Select(i => _started[i] - _sent[i]).ToArray();

        // The way to a replica and its threads, of requests that had nothing to wait for.
        var way = Sample.Quantile([.. measured.Where((_, i) => shared[i] == 0)], 0.5);
        var waits = measured.Select(wait => (wait - way) / _mean).ToArray();
        var units = Arrivals;
        return new RoutingResult(
            this, most, way * 1000, Sample.Mean(waits), Sample.Mean(shared) / _mean, Sample.Quantile(waits, 0.5), Sample.Quantile(waits, 0.99),
            Sample.Quantile(shared, 0.99) / _mean,
            Queues.RoundRobin(units, Servers, Gateways), Queues.LeastConnections(units, Servers, Gateways, new Random(1)),
            Queues.Random(units, Servers, new Random(1)));
    }

    private async Task SendAsync(int number, Func<int, string, Task<bool>> send)
    {
        // The clock of the next ones does not wait for the sending of this one.
        await Task.Yield();
        _sent[number] = Clock.Now;
        if (!await send(Arrivals[number].Gateway, PathOf(number)))
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
