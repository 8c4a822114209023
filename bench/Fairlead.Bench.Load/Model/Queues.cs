namespace Fairlead.Bench.Load.Model;

/// <summary>What requests would wait under several ways of routing, one request a server at a time.</summary>
internal static class Queues
{
    /// <summary>One queue for all servers, first come first served: the least that is possible without looking ahead.</summary>
    public static double[] Shared(IReadOnlyList<Arrival> arrivals, int servers)
    {
        var free = new PriorityQueue<double, double>(Enumerable.Repeat((0.0, 0.0), servers));
        var waits = new double[arrivals.Count];
        for (var i = 0; i < waits.Length; i++)
        {
            var (at, work, _) = arrivals[i];
            var start = Math.Max(at, free.Dequeue());
            waits[i] = start - at;
            free.Enqueue(start + work, start + work);
        }

        return waits;
    }

    /// <summary>Each gateway goes round all servers for itself.</summary>
    public static double[] RoundRobin(IReadOnlyList<Arrival> arrivals, int servers, int gateways)
    {
        // They did not start together.
        var next = Enumerable.Range(0, gateways).Select(gateway => gateway * servers / gateways).ToArray();
        return Pushed(arrivals, servers, arrival => next[arrival.Gateway] = (next[arrival.Gateway] + 1) % servers, static (_, _, _) => { });
    }

    /// <summary>Any server, by chance.</summary>
    public static double[] Random(IReadOnlyList<Arrival> arrivals, int servers, Random random) =>
        Pushed(arrivals, servers, _ => random.Next(servers), static (_, _, _) => { });

    /// <summary>Each gateway takes the server in which it has the fewest requests itself; among several, by chance.</summary>
    public static double[] LeastConnections(IReadOnlyList<Arrival> arrivals, int servers, int gateways, Random random)
    {
        var open = new int[gateways, servers];
        var ends = new PriorityQueue<(int Gateway, int Server), double>();
        return Pushed(arrivals, servers, Choose, (arrival, server, end) =>
        {
            open[arrival.Gateway, server]++;
            ends.Enqueue((arrival.Gateway, server), end);
        });

        int Choose(Arrival arrival)
        {
            while (ends.TryPeek(out var ended, out var at) && at <= arrival.At)
            {
                ends.Dequeue();
                open[ended.Gateway, ended.Server]--;
            }

            var (best, among) = (-1, 0);
            for (var server = 0; server < servers; server++)
            {
                var difference = best < 0 ? -1 : open[arrival.Gateway, server] - open[arrival.Gateway, best];
                among = difference < 0 ? 1 : difference == 0 ? among + 1 : among;
                if (difference < 0 || (difference == 0 && random.Next(among) == 0))
                {
                    best = server;
                }
            }

            return best;
        }
    }

    // A request that was sent to a server waits there, whatever becomes free elsewhere.
    private static double[] Pushed(
        IReadOnlyList<Arrival> arrivals, int servers, Func<Arrival, int> choose, Action<Arrival, int, double> chosen)
    {
        var free = new double[servers];
        var waits = new double[arrivals.Count];
        for (var i = 0; i < waits.Length; i++)
        {
            var arrival = arrivals[i];
            var server = choose(arrival);
            var start = Math.Max(arrival.At, free[server]);
            waits[i] = start - arrival.At;
            free[server] = start + arrival.Work;
            chosen(arrival, server, free[server]);
        }

        return waits;
    }
}
