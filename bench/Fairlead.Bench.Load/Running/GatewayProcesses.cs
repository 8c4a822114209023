namespace Fairlead.Bench.Load.Running;

/// <summary>Gateways that share their queues, in front of the services of one routes file.</summary>
internal sealed class GatewayProcesses : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-bench-").FullName;

    private GatewayProcesses()
    {
    }

    private PeerRelay? Network { get; set; }

    /// <summary>Drops all that two gateways say to each other.</summary>
    public void Cut(int one, int other) => Network!.Cut(one, other);

    public void Heal() => Network!.Heal();

    /// <summary>Waits until all know the same coordinator of each service.</summary>
    /// <returns>The number of the gateway that coordinates the service.</returns>
    public async Task<int> SettleAsync(string service)
    {
        using var client = new HttpClient();
        var until = Clock.Now + 30;
        while (Clock.Now < until)
        {
            var seen = new List<(string Id, string? Coordinator, string Role)>();
            foreach (var gateway in All)
            {
                var status = await gateway.StatusAsync(client, Token);
                var of = status["services"]!.AsArray().FirstOrDefault(one => (string)one!["name"]! == service);
                seen.Add(((string)status["id"]!, (string?)of?["coordinator"], (string?)of?["role"] ?? ""));
            }

            if (seen.Select(static one => one.Coordinator).Distinct().Count() == 1 && seen.Count(static one => one.Role == "granting") == 1
                && seen.Count(static one => one.Role == "following") == All.Count - 1)
            {
                return seen.FindIndex(static one => one.Role == "granting");
            }

            await Clock.DelayAsync(0.1);
        }

        throw new TimeoutException("The gateways do not agree.");
    }

    /// <summary>Leases and waiting requests of a service that any of them knows of.</summary>
    public async Task<int> HeldAsync(string service)
    {
        using var client = new HttpClient();
        var held = 0;
        foreach (var gateway in All)
        {
            var status = await gateway.StatusAsync(client, Token);
            var of = status["services"]!.AsArray().First(one => (string)one!["name"]! == service)!;
            held += (int)of["queued"]! + of["replicas"]!.AsArray().Sum(static replica => (int)replica!["leases"]!);
        }

        return held;
    }

    public List<GatewayProcess> All { get; } = [];

    public string Folder => _folder;

    /// <summary>Opens the status of the gateways.</summary>
    private const string Token = "the-token-of-a-benchmark";

    private string RoutesPath => Path.Combine(_folder, "routes.json");

    /// <param name="count">How many run. One is alone and has no peers.</param>
    /// <param name="services">What the routes file says first.</param>
    /// <param name="settings">Further settings of each, by its number.</param>
    /// <param name="throughRelay">Whether what they say to each other can be cut; slower.</param>
    public static async Task<GatewayProcesses> StartAsync(
        int count, IEnumerable<RoutedService> services, Func<int, IReadOnlyDictionary<string, string>>? settings = null,
        bool throughRelay = false)
    {
        var gateways = new GatewayProcesses();
        gateways.Publish(services);
        var ports = Ports.Free(2 * count);
        var peers = ports[..count].Select((port, i) => $"{PeerRelay.PublicAddress(i)}:{port}").ToArray();
        var tokenFile = Path.Combine(gateways._folder, "token");
        await File.WriteAllTextAsync(tokenFile, Token);
        for (var i = 0; i < count; i++)
        {
            var all = new Dictionary<string, string>(settings?.Invoke(i) ?? new Dictionary<string, string>());
            all["Gateway:AdminTokenFile"] = tokenFile;
            if (count > 1)
            {
                if (throughRelay)
                {
                    all["Gateway:Peers:BindAddress"] = PeerRelay.OwnAddress(i);
                }

                all["Gateway:Peers:Address"] = peers[i];
                all["Gateway:Peers:Addresses"] = string.Join(',', peers);
                all["Gateway:Peers:Key"] = "a-key-that-all-gateways-of-a-benchmark-share";
            }

            gateways.All.Add(new GatewayProcess(gateways.RoutesPath, ports[count + i], gateways._folder, all));
        }

        if (throughRelay)
        {
            gateways.Network = new PeerRelay(ports[..count], id => gateways.All.FindIndex(gateway => gateway.Id == id));
        }

        await Task.WhenAll(gateways.All.Select(static gateway => gateway.StartAsync()));
        return gateways;
    }

    /// <summary>Writes the routes file in one step; gateways look at it once a second.</summary>
    public void Publish(IEnumerable<RoutedService> services)
    {
        RoutedService.Write(RoutesPath + ".new", services);
        File.Move(RoutesPath + ".new", RoutesPath, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(All.Select(static gateway => gateway.DisposeAsync().AsTask()));
        Network?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
