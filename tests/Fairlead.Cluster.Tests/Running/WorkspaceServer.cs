using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>A workspace on this machine, at an address that pods of the cluster reach, used through the command line.</summary>
internal sealed class WorkspaceServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string Dist =
        Environment.GetEnvironmentVariable("FAIRLEAD_DIST") ?? Path.Combine(Repository.Root, "artifacts", "dist");

    private readonly Process _process;

    private WorkspaceServer(Process process, string data) => (_process, Data) = (process, data);

    public string Data { get; }

    /// <summary>Address of this machine that pods reach.</summary>
    public static string Host { get; } = Environment.GetEnvironmentVariable("FAIRLEAD_TEST_HOST")
        ?? Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).First().ToString();

    public static async Task<WorkspaceServer> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory("fairlead-cluster-").FullName;
        var start = new ProcessStartInfo(
            Program("fairleadd", "FAIRLEAD_SERVER"),
            ["up", "--data", data, "--bind", Host, "--port", "0", "--gateway-port", "0", "--scoring-host", Path.Combine(Dist, "fairlead-scoring")])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var server = new WorkspaceServer(Process.Start(start)!, data);
        using var limit = new CancellationTokenSource(Limit);
        while (await server._process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("gateway", StringComparison.Ordinal))
            {
                // Nobody reads on: a full pipe would stop the server.
                _ = server._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return server;
            }
        }

        throw new InvalidOperationException($"fairleadd ended with {server._process.ExitCode}");
    }

    /// <summary>Runs <c>fairlead</c> against this server.</summary>
    public async Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program("fairlead", "FAIRLEAD_CLI"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["FAIRLEAD_DATA"] = Data;
        start.Environment["FAIRLEAD_TOKEN"] = (await File.ReadAllTextAsync(Path.Combine(Data, "admin-token"))).Trim();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await TryAsync(arguments);
        Assert.True(code == 0, $"fairlead {string.Join(' ', arguments)} ended with {code}: {output}\n{error}");
        return output;
    }

    public async Task<JsonNode> JsonAsync(params string[] arguments) => JsonNode.Parse(await RunAsync(arguments))!;

    public async ValueTask DisposeAsync()
    {
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await stop.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private static string Program(string name, string variable) =>
        Environment.GetEnvironmentVariable(variable) ?? Path.Combine(Dist, name);
}
