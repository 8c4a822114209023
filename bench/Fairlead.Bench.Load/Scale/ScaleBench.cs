using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fairlead.Bench.Load.Model;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Scale;

/// <summary>One gateway with 1,000 services of 10 replicas: memory, what changes of the table cost, latency while they come, and idle
/// connections of clients.</summary>
internal static class ScaleBench
{
    private const int Services = 1000;
    private const int ReplicasEach = 10;
    private const int ChangesASecond = 100;
    private const int Connections = 10_000;
    private const double Rate = 200;

    public static async Task<int> RunAsync(double seconds)
    {
        await using var replicas = await Replicas.StartAsync(ReplicasEach, static (_, _, _) => Task.CompletedTask);
        var real = Enumerable.Range(0, ReplicasEach).Select(replicas.Address).ToArray();
        var measured = new RoutedService("measured", real) { MaxConcurrentRequestsPerContainer = 4 };
        var services = Enumerable.Range(0, Services).Select(static number => new RoutedService($"service-{number}", Addresses(number, 0))).ToArray();

        await using var group = await GatewayProcesses.StartAsync(1, [measured]);
        var gateway = group.All[0];
        using var client = new LoadClient();
        await client.WarmUpAsync(group.All, ["/api/v1/service/measured/score"]);
        await LatencyAsync(client, gateway, seconds / 2);
        var (empty, _) = gateway.Usage();

        group.Publish([measured, .. services]);
        await Clock.DelayAsync(3);
        var (full, _) = gateway.Usage();
        var quietBefore = gateway.Processor();
        var quiet = await LatencyAsync(client, gateway, seconds);
        var quietCost = gateway.Processor() - quietBefore;

        // The file is read once a second: a hundred services are different each time.
        using var end = new CancellationTokenSource();
        var changing = ChangeAsync(group, measured, services, end.Token);
        var changingBefore = gateway.Processor();
        var changed = await LatencyAsync(client, gateway, seconds);
        var changingCost = gateway.Processor() - changingBefore;
        await end.CancelAsync();
        var changes = await changing;

        var (before, handlesBefore) = gateway.Usage();
        var sockets = await ConnectAsync(gateway.Address);
        var (connected, handles) = gateway.Usage();
        var crowded = await LatencyAsync(client, gateway, seconds);
        var alive = sockets.Count(static socket => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0));
        sockets.ForEach(static socket => socket.Dispose());

        var costMs = (changingCost - quietCost).TotalMilliseconds / changes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Services} services x {ReplicasEach} replicas; {Rate:F0} requests/s on one of them"));
        Table.Print([
            ["", "p50 ms", "p99 ms"],
            ["quiet", Sample.Quantile(quiet, 0.5), Sample.Quantile(quiet, 0.99)],
            [$"{ChangesASecond} changes/s", Sample.Quantile(changed, 0.5), Sample.Quantile(changed, 0.99)],
            [$"{Connections} idle connections", Sample.Quantile(crowded, 0.5), Sample.Quantile(crowded, 0.99)],
        ]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"table: {(full - empty) / 1e6:F0} MB over {empty / 1e6:F0} MB; a change: {costMs:F3} ms of processor time, its part of reading the file included"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"idle connections: {alive} of {Connections} alive, {(connected - before) / 1024.0 / Connections:F1} KB and {(handles - handlesBefore) / (double)Connections:F2} handles each"));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            name = "scale",
            ratios = new
            {
                p99_with_changes = Math.Round(Sample.Quantile(changed, 0.99) / Sample.Quantile(quiet, 0.99), 2),
                p50_with_changes = Math.Round(Sample.Quantile(changed, 0.5) / Sample.Quantile(quiet, 0.5), 2),
                p99_with_idle_connections = Math.Round(Sample.Quantile(crowded, 0.99) / Sample.Quantile(quiet, 0.99), 2),
            },
            table_megabytes = Math.Round((full - empty) / 1e6),
            change_milliseconds = Math.Round(costMs, 3),
            alive,
        }));
        return alive == Connections ? 0 : 1;
    }

    // Nobody listens there, and nobody asks.
    private static string[] Addresses(int service, int generation) =>
        [.. Enumerable.Range(0, ReplicasEach).Select(replica => $"http://10.{service / 250}.{service % 250}.{replica + 1}:{5001 + generation}")];

    private static async Task<double[]> LatencyAsync(LoadClient client, GatewayProcess gateway, double seconds)
    {
        var random = new Random(1);
        var taken = new double[(int)(seconds * Rate)];
        var running = new List<Task>();
        var at = 0.0;
        await Clock.PaceAsync(
            Enumerable.Range(0, taken.Length).Select(number => (at += ServiceLaw.Exponential.Draw(random) / Rate, number)),
            number => running.Add(Task.Run(async () =>
            {
                var sent = Clock.Now;
                taken[number] = await client.ScoreAsync(gateway.Address, "/api/v1/service/measured/score")
                    ? (Clock.Now - sent) * 1000
                    : throw new InvalidOperationException("A request failed.");
            })));
        await Task.WhenAll(running);
        return taken;
    }

    private static async Task<int> ChangeAsync(
        GatewayProcesses group, RoutedService measured, RoutedService[] services, CancellationToken cancellationToken)
    {
        var (changes, next) = (0, 0);
        try
        {
            while (true)
            {
                for (var i = 0; i < ChangesASecond; i++, next++, changes++)
                {
                    var number = next % Services;
                    services[number] = services[number] with { Replicas = Addresses(number, 1 + (next / Services)) };
                }

                group.Publish([measured, .. services]);
                await Clock.DelayAsync(1, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return changes;
        }
    }

    // Each has had an answer, so that the gateway holds all that it ever holds for one.
    private static async Task<List<Socket>> ConnectAsync(Uri gateway)
    {
        var request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();
        var sockets = new List<Socket>(Connections);
        var buffer = new byte[4096];
        for (var i = 0; i < Connections; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
            await socket.SendAsync(request);
            await socket.ReceiveAsync(buffer);
            sockets.Add(socket);
        }

        return sockets;
    }
}
