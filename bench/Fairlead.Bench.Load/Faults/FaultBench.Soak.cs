using System.Globalization;
using System.Text.Json;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Faults;

/// <summary>The same gateways for minutes, with faults in any order: what they hold must not grow.</summary>
internal sealed partial class FaultBench
{
    private const double SoakShare = 0.75;
    private const double MostGrowth = 1.25;

    public static async Task<int> SoakAsync(double minutes)
    {
        await using var bench = new FaultBench();
        await bench.StartAsync();
        return await bench.SoakForAsync(minutes * 60);
    }

    // The first gateway is never ended: what it holds is measured from the second tenth of the time to the last.
    private async Task<int> SoakForAsync(double seconds)
    {
        var random = new Random(1);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var usage = new List<(double At, long Memory, int Handles)>();
        using var client = new LoadClient();
        using var load = new Load(client, [.. _gateways.All.Select(static gateway => gateway.Address)], Rate * SoakShare, MeanMs, _ => _keys[1]);
        var begun = Clock.Now;
        load.Begin();
        while (Clock.Now < begun + seconds)
        {
            var (name, begin, end) = Any(random);
            counts[name] = counts.GetValueOrDefault(name) + 1;
            await begin();
            await Clock.DelayAsync(2 + (3 * random.NextDouble()));
            await end();
            await Clock.DelayAsync(4 + (4 * random.NextDouble()));
            var (memory, handles) = _gateways.All[0].Usage();
            usage.Add((Clock.Now - begun, memory, handles));
        }

        var requests = await load.EndAsync();
        await _gateways.SettleAsync(Service);
        var leases = await _gateways.HeldAsync(Service);
        var first = usage.Skip(usage.Count / 10).Take(Math.Max(1, usage.Count / 5)).ToList();
        var last = usage.TakeLast(first.Count).ToList();
        var memoryGrowth = last.Average(static one => one.Memory) / first.Average(static one => one.Memory);
        var handleGrowth = last.Average(static one => one.Handles) / first.Average(static one => one.Handles);

        var errors = requests.Where(static request => request.Error is not null).CountBy(static request => request.Error!).ToDictionary();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{requests.Count} requests in {seconds / 60:F1} min at {LoadShare * SoakShare:P0} load, {counts.Values.Sum()} faults"));
        Table.Print([["fault", "times"], .. counts.Select(static pair => (object[])[pair.Key, pair.Value])]);
        Table.Print([["error", "requests"], .. errors.Select(static pair => (object[])[pair.Key, pair.Value])]);
        Table.Print([
            ["the gateway that ran on", "early", "late", "ratio"],
            ["memory MB", first.Average(static one => one.Memory) / 1e6, last.Average(static one => one.Memory) / 1e6, memoryGrowth],
            ["handles", first.Average(static one => one.Handles), last.Average(static one => one.Handles), handleGrowth],
        ]);
        Console.WriteLine($"leases and waiting requests left in any gateway: {leases}; most in a replica: {client.Most} of {Places}");
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            name = "soak",
            ratios = new { memory = Math.Round(memoryGrowth, 2), handles = Math.Round(handleGrowth, 2), failed_share = Math.Round(errors.Values.Sum() / (double)requests.Count, 5) },
            leases_left = leases,
            most_in_a_replica = client.Most,
            errors,
        }));
        return leases == 0 && client.Most <= Places && memoryGrowth <= MostGrowth && handleGrowth <= MostGrowth ? 0 : 1;
    }

    private (string Name, Func<Task> Begin, Func<Task> End) Any(Random random)
    {
        var gateway = _gateways.All[1 + random.Next(Gateways - 1)];
        var replica = _replicas[random.Next(ReplicaCount)];
        return random.Next(7) switch
        {
            0 => ("gateway killed", gateway.KillAsync, gateway.StartAsync),
            1 => ("gateway ends in order", gateway.StopAsync, gateway.StartAsync),
            2 => ("replica killed", replica.KillAsync, replica.RestartAsync),
            3 => ("replica hanging", replica.HangAsync, replica.GoOnAsync),
            4 => ("certificates rotated", () => Task.FromResult(Certificates.Write(_certificates)), static () => Task.CompletedTask),
            5 => ("keys rotated", RotateAsync, static () => Task.CompletedTask),
            _ => ("two gateways cut apart", CutAsync, HealAsync),
        };

        Task RotateAsync()
        {
            _open = [Hash(NewKey()), Hash(_keys[1])];
            _gateways.Publish(Routes(_replicas));
            return Task.CompletedTask;
        }

        Task CutAsync()
        {
            _gateways.Cut(0, 1 + random.Next(Gateways - 1));
            return Task.CompletedTask;
        }

        Task HealAsync()
        {
            _gateways.Heal();
            return Task.CompletedTask;
        }
    }
}
