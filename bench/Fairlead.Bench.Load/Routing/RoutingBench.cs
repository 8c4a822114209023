using System.Globalization;
using System.Text.Json;
using Fairlead.Bench.Load.Model;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Routing;

/// <summary>Waits behind 1, 3 and 5 real gateways beside those of one exact queue (Erlang C), and of other ways to route.</summary>
internal static class RoutingBench
{
    private static readonly double[] Loads = [0.5, 0.7, 0.9];

    public static async Task<int> RunAsync(double seconds, double mean)
    {
        var results = new List<RoutingResult>();
        var theories = new Dictionary<(ServiceLaw, int, double), double>();
        foreach (var gateways in (int[])[1, 3, 5])
        {
            results.AddRange(await RunAsync(gateways, seconds, mean, theories));
        }

        Print(results, seconds, mean);
        var bad = results.Where(static result => !result.Holds).ToList();
        foreach (var result in bad)
        {
            await Console.Error.WriteLineAsync(
                $"missed: {result.Case.Gateways} gateways, {result.Case.Name}: {result.OverTheory:F2}, most {result.Most}, failed {result.Case.Failed}");
        }

        return bad.Count == 0 ? 0 : 1;
    }

    // All services of a group of gateways run at the same time: their replicas sleep.
    private static async Task<List<RoutingResult>> RunAsync(
        int gateways, double seconds, double mean, Dictionary<(ServiceLaw, int, double), double> theories)
    {
        var cases = new List<RoutingCase>();
        var replicas = 0;
        foreach (var law in (ServiceLaw[])[ServiceLaw.Exponential, ServiceLaw.HeavyTailed])
        {
            foreach (var servers in (int[])[8, 64])
            {
                foreach (var load in Loads)
                {
                    if (!theories.TryGetValue((law, servers, load), out var theory))
                    {
                        theories[(law, servers, load)] = theory = Sample.Theory(law, servers, load);
                    }

                    cases.Add(new RoutingCase(gateways, servers, load, law, theory, mean, seconds, replicas));
                    replicas += servers;
                }
            }
        }

        var owners = cases.SelectMany(static one => Enumerable.Repeat(one, one.Servers)).ToArray();
        await using var servers_ = await Replicas.StartAsync(replicas, (replica, query, gone) =>
            owners[replica].WorkAsync(int.Parse(query["n"]!, CultureInfo.InvariantCulture), gone));
        await using var group = await GatewayProcesses.StartAsync(gateways, cases.Select(one => new RoutedService(
            one.Name, [.. Enumerable.Range(one.FirstReplica, one.Servers).Select(servers_.Address)])));
        using var client = new LoadClient();
        await client.WarmUpAsync(group.All, [.. cases.Select(static one => one.PathOf(-1))]);
        await Task.WhenAll(cases.Select(one => one.RunAsync((gateway, path) => client.ScoreAsync(group.All[gateway].Address, path))));
        return [.. cases.Select(one => one.Result(Enumerable.Range(one.FirstReplica, one.Servers).Max(servers_.Most)))];
    }

    private static void Print(List<RoutingResult> results, double seconds, double mean)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"waits in service times of {mean * 1000:F0} ms; {seconds:F0} s each; rr, lc and random are simulated"));
        Table.Print([
            ["gateways, service", "theory", "mean", "/theory", "/exact", "p50", "p99", "exact p99", "rr p99", "lc p99", "random p99", "way ms", "most", "failed"],
            .. results.Select(static r => (object[])[
                $"{r.Case.Gateways} {r.Case.Name}", r.Case.Theory, r.Mean, r.IsSmall ? double.NaN : r.OverTheory,
                r.IsSmall ? double.NaN : r.OverShared, r.P50, r.P99, r.SharedP99, Sample.Quantile(r.RoundRobin, 0.99),
                Sample.Quantile(r.LeastConnections, 0.99), Sample.Quantile(r.Random, 0.99), r.WayMs, r.Most, r.Case.Failed]),
        ]);
        var judged = results.Where(static result => !result.IsSmall).ToList();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            name = "routing",
            ratios = judged.GroupBy(static result => result.Case.Gateways).ToDictionary(
                static group => $"worst_over_theory_{group.Key}_gateways", static group => Math.Round(group.Max(static r => r.OverTheory), 3)),
            over_exact_queue = judged.GroupBy(static result => result.Case.Gateways).ToDictionary(
                static group => $"{group.Key}", static group => Math.Round(group.Average(static r => r.OverShared), 3)),
            most_in_a_replica = results.Max(static result => result.Most),
            failed = results.Sum(static result => result.Case.Failed),
        }));
    }
}
