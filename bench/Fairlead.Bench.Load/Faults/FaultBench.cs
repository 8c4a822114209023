using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Faults;

/// <summary>Three gateways and eight replicas of two places at 80 % load; one fault after another; every request that fails is counted.</summary>
internal sealed partial class FaultBench : IAsyncDisposable
{
    private const int Gateways = 3;
    private const int ReplicaCount = 8;
    private const int Places = 2;
    private const double MeanMs = 100;
    private const double LoadShare = 0.8;
    private const double Rate = ReplicaCount * Places * LoadShare * 1000 / MeanMs;
    private const string Service = "iris";

    // Before a fault, while it lasts, after it: seconds.
    private const double Before = 3;
    private const double While = 5;
    private const double After = 5;

    private readonly List<ReplicaProcess> _replicas = [];
    private readonly List<FaultResult> _results = [];
    private readonly string _certificates = Directory.CreateTempSubdirectory("fairlead-bench-tls-").FullName;
    private readonly string[] _keys = [NewKey(), NewKey(), NewKey()];
    private readonly int[] _securePorts = Ports.Free(Gateways);
    private GatewayProcesses _gateways = null!;
    private string[] _open = null!;
    private string _certificate = "";

    public static async Task<int> RunAsync(string? only)
    {
        await using var bench = new FaultBench();
        await bench.StartAsync();
        (string Name, Func<string, Task> Run)[] all =
        [
            ("none", name => bench.FaultAsync(name, static () => Task.CompletedTask, static () => Task.CompletedTask, null)),
            ("gateway killed", name => bench.GatewayAsync(name, coordinator: false, static gateway => gateway.KillAsync())),
            ("coordinator killed", name => bench.GatewayAsync(name, coordinator: true, static gateway => gateway.KillAsync())),
            ("coordinator ends in order", name => bench.GatewayAsync(name, coordinator: true, static gateway => gateway.StopAsync())),
            ("replica killed", name => bench.FaultAsync(
                name, bench._replicas[0].KillAsync, bench._replicas[0].RestartAsync, static request => request.Error == "502 replica-closed")),
            ("replica hanging", name => bench.FaultAsync(
                name, bench._replicas[1].HangAsync, bench._replicas[1].GoOnAsync, static request => request.Error == "504 timeout")),
            ("certificates rotated", bench.CertificatesAsync),
            ("keys rotated", bench.KeysAsync),
            ("rolling update", bench.RollingAsync),
            ("two gateways cut apart", bench.PartitionAsync),
        ];
        foreach (var (name, run) in all.Where(one => only is null || one.Name == only))
        {
            await run(name);
        }

        return bench.Print();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateways.DisposeAsync();
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        Directory.Delete(_certificates, recursive: true);
    }

    private async Task StartAsync()
    {
        for (var i = 0; i < ReplicaCount; i++)
        {
            _replicas.Add(await ReplicaProcess.StartAsync());
        }

        _certificate = Certificates.Write(_certificates);
        _open = [Hash(_keys[0]), Hash(_keys[1])];
        _gateways = await GatewayProcesses.StartAsync(Gateways, Routes(_replicas), i => new Dictionary<string, string>
        {
            ["Gateway:HttpsPort"] = $"{_securePorts[i]}",
            ["Gateway:Tls:Folder"] = _certificates,
            ["Gateway:Tls:ReloadPeriod"] = "00:00:01",
        }, throughRelay: true);
        await _gateways.SettleAsync(Service);
        using var client = new LoadClient();
        await client.WarmUpAsync(_gateways.All, [Load.Path(1)], _keys[1]);
    }

    private List<RoutedService> Routes(IEnumerable<ReplicaProcess> replicas) =>
    [
        new RoutedService(Service, [.. replicas.Select(static replica => replica.Address)])
        {
            MaxConcurrentRequestsPerContainer = Places,
            MaxQueueWaitMs = 2000,
            ScoringTimeoutMs = 3000,
            KeyHashes = _open,
        },
    ];

    private Task FaultAsync(string name, Func<Task> begin, Func<Task> end, Func<Request, bool>? isInside) => FaultAsync(
        name, begin, async () =>
        {
            await end();
            return "";
        }, isInside, new LoadClient(), [.. _gateways.All.Select(static gateway => gateway.Address)], _ => _keys[1]);

    private async Task FaultAsync(
        string name, Func<Task> begin, Func<Task<string>> end, Func<Request, bool>? isInside, LoadClient client, Uri[] addresses,
        Func<int, string?> keyOf)
    {
        using var owned = client;
        await _gateways.SettleAsync(Service);
        using var load = new Load(client, addresses, Rate, MeanMs, keyOf);
        load.Begin();
        var begun = Clock.Now;
        await Clock.DelayAsync(Before);
        await begin();
        await Clock.DelayAsync(While);
        var note = await end();
        await Clock.DelayAsync(After);
        var requests = await load.EndAsync();
        var wrong = requests.Where(static request => request.Error is not null).ToLookup(request => isInside?.Invoke(request) == true);
        if (wrong[false].Any())
        {
            var (gateways, sent) = (wrong[false].Select(static one => one.Gateway).Distinct().Order(), wrong[false].Select(one => one.Sent - begun - Before));
            note += string.Create(
                CultureInfo.InvariantCulture, $" failed: of gateways {string.Join(',', gateways)}, sent from {sent.Min():F1} s to {sent.Max():F1} s after the fault");
        }

        note += client.Most > Places ? $" LIMIT PASSED: {client.Most}" : "";
        _results.Add(new FaultResult(name, requests, [.. wrong[true]], [.. wrong[false]], note.Trim()));
    }

    private async Task GatewayAsync(string name, bool coordinator, Func<GatewayProcess, Task> end)
    {
        var number = await _gateways.SettleAsync(Service);
        number = coordinator ? number : (number + 1) % Gateways;
        var ended = double.MaxValue;
        await FaultAsync(
            name,
            () =>
            {
                ended = Clock.Now;
                return end(_gateways.All[number]);
            },
            _gateways.All[number].StartAsync,
            request => request.Gateway == number && request.Sent <= ended + 0.1 && !char.IsAsciiDigit(request.Error![0]));
    }

    private async Task CertificatesAsync(string name)
    {
        var known = new HashSet<string> { _certificate };
        var seen = new HashSet<string>();
        using var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(1) };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                lock (seen)
                {
                    seen.Add(certificate!.GetCertHashString());
                    return known.Contains(certificate.GetCertHashString());
                }
            },
        };
        await FaultAsync(
            name,
            () =>
            {
                lock (seen)
                {
                    known.Add(Certificates.Write(_certificates));
                }

                return Task.CompletedTask;
            },
            () =>
            {
                lock (seen)
                {
                    return Task.FromResult(seen.SetEquals(known) ? "both certificates seen" : $"WRONG: {seen.Count} certificates seen");
                }
            },
            null, new LoadClient(handler), [.. _securePorts.Select(static port => new Uri($"https://localhost:{port}"))], _ => _keys[1]);
    }

    // The primary key is made anew. Half of the callers have the secondary one, and the others change to it in time.
    private async Task KeysAsync(string name)
    {
        var isTold = false;
        var took = double.NaN;
        await FaultAsync(
            name,
            async () =>
            {
                isTold = true;
                await Clock.DelayAsync(1.5);
                _open = [Hash(_keys[2]), Hash(_keys[1])];
                var begun = Clock.Now;
                _gateways.Publish(Routes(_replicas));
                using var client = new LoadClient();
                foreach (var gateway in _gateways.All)
                {
                    while (await client.SendAsync(gateway.Address, Load.Path(0), _keys[2]) is not null)
                    {
                        await Clock.DelayAsync(0.05);
                    }
                }

                took = Clock.Now - begun;
            },
            async () =>
            {
                using var client = new LoadClient();
                var old = await client.SendAsync(_gateways.All[0].Address, Load.Path(0), _keys[0]);
                return string.Create(
                    CultureInfo.InvariantCulture, $"new key opens all gateways after {took:F2} s, the old one gets {old ?? "AN ANSWER: WRONG"}");
            },
            null, new LoadClient(), [.. _gateways.All.Select(static gateway => gateway.Address)],
            number => !isTold && number % 2 == 0 ? _keys[0] : _keys[1]);
    }

    // Two of eight at a time: new ones start, the file names them instead of the old ones, and those end when all have read it.
    private Task RollingAsync(string name) => FaultAsync(
        name,
        async () =>
        {
            for (var step = 0; step < ReplicaCount; step += 2)
            {
                ReplicaProcess[] old = [_replicas[step], _replicas[step + 1]];
                _replicas[step] = await ReplicaProcess.StartAsync();
                _replicas[step + 1] = await ReplicaProcess.StartAsync();
                _gateways.Publish(Routes(_replicas));

                // A second until it is read, and then what is in them.
                await Clock.DelayAsync(2.5);
                foreach (var replica in old)
                {
                    await replica.DisposeAsync();
                }
            }
        },
        static () => Task.CompletedTask, null);

    private async Task PartitionAsync(string name)
    {
        var number = await _gateways.SettleAsync(Service);
        await FaultAsync(
            name,
            () =>
            {
                _gateways.Cut(number, (number + 1) % Gateways);
                return Task.CompletedTask;
            },
            () =>
            {
                _gateways.Heal();
                return Task.CompletedTask;
            },
            null);
    }

    private int Print()
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Gateways} gateways, {ReplicaCount} replicas x {Places}, {Rate:F0} requests/s of {MeanMs} ms: {LoadShare:P0} load"));
        Table.Print([
            ["fault", "requests", "failed", "in what broke", "moved", "p50 ms", "p99 ms", "longest ms", "errors", "note"],
            .. _results.Select(static r => (object[])[
                r.Name, r.Requests.Count, r.Failed.Count, r.Inside.Count, r.Moved, r.Quantile(0.5), r.Quantile(0.99), r.Quantile(1), r.Reasons, r.Note]),
        ]);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            name = "faults",
            ratios = new { failed_share = Math.Round(_results.Sum(static r => r.Failed.Count) / (double)_results.Sum(static r => r.Requests.Count), 6) },
            failed = _results.ToDictionary(static r => r.Name, static r => r.Failed.Count),
            in_what_broke = _results.ToDictionary(static r => r.Name, static r => r.Inside.Count),
        }));
        return _results.All(static r => r.Failed.Count == 0 && !r.Note.Contains("WRONG", StringComparison.Ordinal)
            && !r.Note.Contains("LIMIT", StringComparison.Ordinal)) ? 0 : 1;
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
