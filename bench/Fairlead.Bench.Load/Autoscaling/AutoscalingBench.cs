using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Bench.Load.Running;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;

namespace Fairlead.Bench.Load.Autoscaling;

/// <summary>Step, ramp and spike of requests of a second each, on a gateway with its autoscaler and replicas that take a second to
/// start. Each load is a service of its own; all run at the same time.</summary>
internal static class AutoscalingBench
{
    private const double Low = 2;
    private const double High = 20;
    private const int MaxReplicas = 60;

    // The gateway watches a whole window before it first lets anything go.
    private const double Rise = 5;
    private const double Fall = 65;
    private const double End = 150;

    // What never happened is NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static async Task<int> RunAsync()
    {
        (string Name, Func<double, double> Rate)[] loads =
        [
            ("step", static at => at is >= Rise and < Fall ? High : Low),
            ("ramp", static at => at is >= Rise and < Fall ? Low + ((High - Low) * Math.Min(1, (at - Rise) / 30)) : Low),
            ("spike", static at => at is >= Rise and < Rise + 3 ? High : Low),
        ];
        await using var replicas = await Replicas.StartAsync(loads.Length * MaxReplicas, static (_, _, gone) => Clock.DelayAsync(1, gone));
        var compute = new FakeCompute();
        var fleets = loads.Select((load, number) => compute.Add(
            load.Name,
            new ScoringServiceSpec
            {
                AuthEnabled = false,
                MaxQueueWaitMs = 10_000,
                AutoScaler = new AutoScaler { AutoscaleEnabled = true, MinReplicas = 1, MaxReplicas = MaxReplicas },
            },
            [.. Enumerable.Range(number * MaxReplicas, MaxReplicas).Select(replicas.Address)])).ToArray();
        var port = Ports.Free(1)[0];
        await using var gateway = Build(compute, port);
        await gateway.StartAsync();
        using var client = new LoadClient();
        var begun = Clock.Now;
        var results = await Task.WhenAll(loads.Select(load => RunAsync(client, new Uri($"http://127.0.0.1:{port}"), load.Name, load.Rate)));
        return Print([.. loads.Select(static load => load.Name)], fleets, results, begun);
    }

    private static async Task<(int Sent, int Failed, double Longest)> RunAsync(LoadClient client, Uri gateway, string service, Func<double, double> rate)
    {
        var (sent, failed, longest) = (0, 0, 0.0);
        var running = new List<Task>();
        await Clock.PaceAsync(Times(rate), _ => running.Add(Task.Run(async () =>
        {
            Interlocked.Increment(ref sent);
            var from = Clock.Now;
            if (await client.SendAsync(gateway, $"/api/v1/service/{service}/score", null) is not null)
            {
                Interlocked.Increment(ref failed);
            }

            var taken = Clock.Now - from;
            lock (running)
            {
                longest = Math.Max(longest, taken);
            }
        })));
        await Task.WhenAll(running);
        return (sent, failed, longest);
    }

    private static IEnumerable<(double At, int Item)> Times(Func<double, double> rate)
    {
        for (var at = 0.0; at < End; at += 1 / rate(at))
        {
            yield return (at, 0);
        }
    }

    private static int Print(string[] names, Fleet[] fleets, (int Sent, int Failed, double Longest)[] results, double begun)
    {
        var rows = new List<object[]>
        {
            new object[] { "load", "requests", "refused", "longest s", "first decision s", "most wanted", "changes 20 s after", "first down s", "last down s", "at the end" },
        };
        var decisions = new Dictionary<string, object>();
        for (var i = 0; i < names.Length; i++)
        {
            var changes = fleets[i].Changes.Select(change => (At: change.At - begun, change.Replicas)).ToList();
            var down = names[i] == "spike" ? Rise + 3 : Fall;
            var ups = changes.Where(change => change.At >= Rise && change.At < down).ToList();
            var first = ups.Count == 0 ? double.NaN : ups[0].At - Rise;
            var most = ups.Count == 0 ? fleets[i].Desired : ups.Max(static change => change.Replicas);
            var steady = changes.Count(change => change.At >= Rise + 20 && change.At < Fall);
            var downs = changes.Where(change => change.At >= down).ToList();
            var (firstDown, lastDown) = downs.Count == 0 ? (double.NaN, double.NaN) : (downs[0].At - down, downs[^1].At - down);
            rows.Add([names[i], results[i].Sent, results[i].Failed, results[i].Longest, first, most, names[i] == "step" ? steady : "-", firstDown, lastDown, fleets[i].Desired]);
            decisions[names[i]] = new { first_decision = first, most_wanted = most, first_down = firstDown, last_down = lastDown, refused = results[i].Failed, at_end = fleets[i].Desired };
        }

        var (atHigh, atLow) = ((int)Math.Ceiling(High / 0.7), (int)Math.Ceiling(Low / 0.7));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Low:F0} to {High:F0} requests/s of 1 s; replicas start in {FakeCompute.StartSeconds:F0} s; by the formula {atLow} and {atHigh} replicas, more while a backlog waits"));
        Table.Print(rows);
        Console.WriteLine(JsonSerializer.Serialize(
            new { name = "autoscaling", ratios = new { wanted_over_formula = Math.Round(fleets[0].Changes.Max(static change => change.Replicas) / (double)atHigh, 2) }, loads = decisions },
            Json));
        return results.All(static result => result.Failed == 0) ? 0 : 1;
    }

    private static WebApplication Build(FakeCompute compute, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServiceDirectory>(compute.Directory);
        builder.Services.AddSingleton<IReplicaScaler>(compute);
        builder.Services.AddFairleadGateway(options => options.HttpPort = port);
        builder.WebHost.ListenAsGateway();
        var app = builder.Build();
        app.UseFairleadGateway();
        return app;
    }
}
