using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Fairlead.Bench.Load.Running;

/// <summary><c>fairleadd gateway</c> in a process of its own. It ends with this one.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly ProcessStartInfo _start;
    private readonly string _log;
    private Process? _process;

    public GatewayProcess(string routes, int port, string folder, IReadOnlyDictionary<string, string> settings)
    {
        Address = new Uri($"http://127.0.0.1:{port}");
        _log = Path.Combine(folder, $"gateway-{port}.log");
        var binary = Environment.GetEnvironmentVariable("FAIRLEADD") ?? throw new InvalidOperationException("FAIRLEADD must name the server's binary.");
        _start = new ProcessStartInfo(binary, ["gateway", "--routes", routes, "--bind", "127.0.0.1", "--port", $"{port}", "--drain", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            _start.Environment["FAIRLEAD_" + name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }
    }

    public Uri Address { get; }

    public int Id => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Bytes of memory and number of open handles.</summary>
    public (long Memory, int Handles) Usage()
    {
        _process!.Refresh();
        return (_process.WorkingSet64, Directory.GetFiles($"/proc/{_process.Id}/fd").Length);
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Processor()
    {
        _process!.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>What <c>fairlead gateway status</c> shows.</summary>
    public async Task<JsonNode> StatusAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "/fairlead/gateway"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(_start)!;
        _process.OutputDataReceived += Log;
        _process.ErrorDataReceived += Log;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Answering.WaitAsync(new Uri(Address, "/healthz"), () => IsRunning);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and waits for its end.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            await StopAsync();
        }

        _process?.Dispose();
    }

    private void Log(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_start)
            {
                File.AppendAllText(_log, line.Data + "\n");
            }
        }
    }
}
