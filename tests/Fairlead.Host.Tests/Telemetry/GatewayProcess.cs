using System.Diagnostics;

namespace Fairlead.Host.Tests.Telemetry;

/// <summary><c>fairleadd gateway</c> in a process of its own, in front of one replica of an open service named iris.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    /// <summary>Where Prometheus reads, when it does.</summary>
    public Uri? Metrics { get; private set; }

    public static async Task<GatewayProcess> StartAsync(string folder, string replica, Dictionary<string, string> settings)
    {
        var gateway = new GatewayProcess(Launch(folder, replica, settings));
        gateway.Address = await gateway.ReadAddressAsync("gateway");
        if (settings.ContainsKey("FAIRLEAD_Telemetry__PrometheusPort"))
        {
            gateway.Metrics = await gateway.ReadAddressAsync("metrics");
        }

        // Whatever it logs must not fill the pipe.
        _ = gateway._process.StandardOutput.ReadToEndAsync();
        _ = gateway._process.StandardError.ReadToEndAsync();
        return gateway;
    }

    /// <summary>One that does not start: its exit code and what it said.</summary>
    public static async Task<(int Code, string Error)> FailAsync(string folder, Dictionary<string, string> settings)
    {
        using var process = Launch(folder, "http://127.0.0.1:1", settings);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, error);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Launch(string folder, string replica, Dictionary<string, string> settings)
    {
        var routes = Path.Combine(folder, "routes.json");
        File.WriteAllText(
            routes, $$"""{ "services": [ { "name": "iris", "authEnabled": false, "replicas": ["{{replica}}"] } ] }""");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "fairleadd.dll"), "gateway", "--routes", routes, "--port", "0",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task<Uri> ReadAddressAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal))
            {
                return new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
            }
        }

        throw new InvalidOperationException("It ended: " + await _process.StandardError.ReadToEndAsync(limit.Token));
    }
}
