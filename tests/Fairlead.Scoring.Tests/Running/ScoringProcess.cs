using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts;

namespace Fairlead.Scoring.Tests.Running;

/// <summary>A real scoring host process over a folder of its own.</summary>
internal sealed class ScoringProcess : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _waits = [];
    private readonly Lock _lock = new();
    private readonly AppFolder _folder;
    private readonly Process _process;
    private Task _output = Task.CompletedTask;

    private ScoringProcess(AppFolder folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    public HttpClient Client { get; private set; } = new();

    public int Id => _process.Id;

    public int Port { get; private set; }

    public string Log => string.Join('\n', _lines);

    /// <summary>Starts it and waits until <c>/</c> is healthy.</summary>
    public static async Task<ScoringProcess> StartReadyAsync(AppFolder folder, params (string Name, string Value)[] variables)
    {
        var host = await StartListeningAsync(folder, variables);
        await host.WaitUntilReadyAsync();
        return host;
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ScoringProcess> StartListeningAsync(
        AppFolder folder, params (string Name, string Value)[] variables)
    {
        var host = Start(folder, variables);
        var deadline = Stopwatch.StartNew();
        while (!File.Exists(folder.PortFile))
        {
            if (host._process.HasExited || deadline.Elapsed > Limit)
            {
                await host._output.WaitAsync(Limit);
                throw new InvalidOperationException("The scoring host does not listen:\n" + host.Log);
            }

            await Task.Delay(5);
        }

        host.Port = int.Parse(await File.ReadAllTextAsync(folder.PortFile), CultureInfo.InvariantCulture);
        host.Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Port}"), Timeout = Limit };
        return host;
    }

    public static ScoringProcess Start(AppFolder folder, params (string Name, string Value)[] variables) =>
        Start(new ProcessStartInfo(Binary), folder, variables);

    /// <summary>The process is a shell, the host its child; the host's input is at its end.</summary>
    public static ScoringProcess StartBelowShell(AppFolder folder, params (string Name, string Value)[] variables) =>
        Start(new ProcessStartInfo("/bin/sh", ["-c", $"{Binary} < /dev/null & wait"]), folder, variables);

    private static ScoringProcess Start(
        ProcessStartInfo info, AppFolder folder, (string Name, string Value)[] variables)
    {
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        info.Environment[ScoringHostVariables.AppRoot] = folder.Path;
        info.Environment[ScoringHostVariables.ServerPort] = "0";
        info.Environment[ScoringHostVariables.BindAddress] = "127.0.0.1";
        info.Environment[ScoringHostVariables.PortFile] = folder.PortFile;
        info.Environment["TMPDIR"] = folder.TemporaryPath;
        info.Environment[ScoringHostVariables.Python] = "/usr/bin/python3";
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        var host = new ScoringProcess(folder, Process.Start(info)!);
        host._output = Task.WhenAll(
            host.ReadAsync(host._process.StandardOutput), host.ReadAsync(host._process.StandardError));
        return host;
    }

    public async Task WaitUntilReadyAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            using var response = await Client.GetAsync("/");
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(deadline.Elapsed < Limit, "Not ready:\n" + Log);
            await Task.Delay(10);
        }
    }

    public Task<HttpResponseMessage> ScoreAsync(string body) =>
        Client.PostAsync("/score", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    public async Task<string> ScoreTextAsync(string body)
    {
        using var response = await ScoreAsync(body);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Completes when a log line has the text; lines already written count.</summary>
    public async Task WaitForLogAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
            {
                return;
            }

            _waits.Add((text, seen));
        }

        try
        {
            await seen.Task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"No log line has '{text}':\n{Log}");
        }
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void CloseInput() => _process.StandardInput.Close();

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        await _output.WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>Process ids of the workers that live now.</summary>
    public IReadOnlyList<int> WorkerIds() => ProcessTree.ChildrenOf(Id);

    /// <summary>Folders that the host holds for sockets of workers that have not connected yet.</summary>
    public IReadOnlyList<string> SocketFolders() => Directory.GetDirectories(_folder.TemporaryPath);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        _folder.Dispose();
    }

    private static string Binary { get; } = FindBinary();

    private static string FindBinary()
    {
        if (Environment.GetEnvironmentVariable("FAIRLEAD_SCORING_BINARY") is { Length: > 0 } given)
        {
            return given;
        }

        var beside = Path.Combine(AppContext.BaseDirectory, "..", "..", "Fairlead.Scoring", "debug", "fairlead-scoring");
        return Environment.GetEnvironmentVariable("FAIRLEAD_DIST") is { Length: > 0 } dist
            && File.Exists(Path.Combine(dist, "fairlead-scoring"))
            ? Path.Combine(dist, "fairlead-scoring")
            : Path.GetFullPath(beside);
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Enqueue(line);
                foreach (var (_, seen) in _waits.Where(wait => line.Contains(wait.Text, StringComparison.Ordinal)))
                {
                    seen.TrySetResult();
                }
            }
        }
    }
}
