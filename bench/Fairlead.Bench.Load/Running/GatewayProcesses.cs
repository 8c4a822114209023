namespace Fairlead.Bench.Load.Running;

/// <summary>Gateways that share their queues, in front of the services of one routes file.</summary>
internal sealed class GatewayProcesses : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-bench-").FullName;

    private GatewayProcesses()
    {
    }

    public List<GatewayProcess> All { get; } = [];

    public string Folder => _folder;

    private string RoutesPath => Path.Combine(_folder, "routes.json");

    /// <param name="count">How many run. One is alone and has no peers.</param>
    /// <param name="services">What the routes file says first.</param>
    /// <param name="settings">Further settings of each, by its number.</param>
    public static async Task<GatewayProcesses> StartAsync(
        int count, IEnumerable<RoutedService> services, Func<int, IReadOnlyDictionary<string, string>>? settings = null)
    {
        var gateways = new GatewayProcesses();
        gateways.Publish(services);
        var ports = Ports.Free(2 * count);
        var peers = ports[..count].Select(static port => $"127.0.0.1:{port}").ToArray();
        for (var i = 0; i < count; i++)
        {
            var all = new Dictionary<string, string>(settings?.Invoke(i) ?? new Dictionary<string, string>());
            if (count > 1)
            {
                all["Gateway:Peers:Address"] = peers[i];
                all["Gateway:Peers:Addresses"] = string.Join(',', peers);
                all["Gateway:Peers:Key"] = "a-key-that-all-gateways-of-a-benchmark-share";
            }

            gateways.All.Add(new GatewayProcess(gateways.RoutesPath, ports[count + i], gateways._folder, all));
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
        Directory.Delete(_folder, recursive: true);
    }
}
