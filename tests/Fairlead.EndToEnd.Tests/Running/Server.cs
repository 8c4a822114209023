using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.EndToEnd.Tests.Running;

/// <summary>A server of our own on free ports, started and used through the command line as a user would.</summary>
internal sealed partial class Server : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    private readonly bool _ownsData;

    private Server(string data, bool ownsData)
    {
        Data = data;
        _ownsData = ownsData;
    }

    public string Data { get; }

    public JsonNode Description => JsonNode.Parse(File.ReadAllText(Path.Combine(Data, "server.json")))!;

    public int Pid => (int)Description["pid"]!;

    public string WorkspaceUrl => (string)Description["workspaceUrl"]!;

    public string GatewayUrl => (string)Description["gatewayUrl"]!;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public static async Task<Server> StartAsync(string? data = null)
    {
        var server = new Server(
            data ?? Directory.CreateTempSubdirectory("fairlead-e2e-data-").FullName, ownsData: data is null);
        (await server.UpAsync()).Succeeded();
        return server;
    }

    public Task<ProgramResult> UpAsync(params string[] more) =>
        CliAsync(["up", "--port", "0", "--gateway-port", "0", "--python", Installation.Python, .. more]);

    /// <summary>Runs <c>fairlead</c> against this server.</summary>
    public Task<ProgramResult> CliAsync(params string[] arguments) => CliInAsync(null, arguments);

    public Task<ProgramResult> CliInAsync(string? directory, params string[] arguments) => ProgramRun.RunAsync(
        Installation.Binary("fairlead"),
        arguments,
        new Dictionary<string, string>
        {
            ["FAIRLEAD_DATA"] = Data,
            ["FAIRLEAD_SAMPLES"] = Installation.Samples,
            ["HOME"] = Data,
        },
        directory);

    public string ScoringUrl(string service) => $"{GatewayUrl}/api/v1/service/{service}/score";

    public async Task<string> KeyAsync(string service) =>
        (string)(await CliAsync("service", "get-keys", "-n", service, "-o", "json")).Succeeded().Json["primaryKey"]!;

    public async Task<HttpResponseMessage> ScoreAsync(string service, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ScoringUrl(service))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Http.SendAsync(request);
    }

    public async Task<JsonNode> ShowAsync(string service) =>
        (await CliAsync("service", "show", "-n", service, "-o", "json")).Succeeded().Json;

    /// <summary>Processes whose command line or environment names the data folder: server, replicas, workers, builds.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Process.GetProcesses().Select(process => process.Id).Where(pid => pid != Environment.ProcessId && IsOurs(pid))];

    /// <summary>The scoring hosts of a service.</summary>
    public IReadOnlyList<int> Replicas(string service) =>
        [.. Processes().Where(pid => Serves(pid, service) && ProgramOf(pid) == "fairlead-scoring")];

    /// <summary>The Python workers of a service.</summary>
    public IReadOnlyList<int> Workers(string service) =>
        [.. Processes().Where(pid => Serves(pid, service)
            && ProgramOf(pid).StartsWith("python", StringComparison.Ordinal))];

    public static void Terminate(int pid) => Assert.Equal(0, Signal(pid, SigTerm));

    public static void Kill(int pid) => _ = Signal(pid, SigKill);

    public static bool IsAlive(int pid)
    {
        var state = ReadProc(pid, "stat");
        return state.Length > 0 && !state[(state.LastIndexOf(')') + 1)..].StartsWith(" Z", StringComparison.Ordinal);
    }

    public async Task KillServerAsync()
    {
        var pid = Pid;
        Kill(pid);
        await Eventually.TrueAsync(() => !IsAlive(pid), "the server's end");
    }

    public async ValueTask DisposeAsync()
    {
        await CliAsync("down");
        Http.Dispose();
        foreach (var pid in Processes())
        {
            Kill(pid);
        }

        if (_ownsData)
        {
            await Eventually.TrueAsync(() => Processes().Count == 0, "the end of all processes of the server");
            Directory.Delete(Data, recursive: true);
        }
    }

    private bool IsOurs(int pid) =>
        (ReadProc(pid, "cmdline").Contains(Data, StringComparison.Ordinal)
            || EnvironmentOf(pid).Contains(Data, StringComparison.Ordinal))
        && IsAlive(pid);

    private static bool Serves(int pid, string service) =>
        EnvironmentOf(pid).Contains($"SERVICE_NAME={service}\0", StringComparison.Ordinal);

    private static string ProgramOf(int pid) =>
        Path.GetFileName(new FileInfo($"/proc/{pid}/exe").LinkTarget ?? "");

    private static string EnvironmentOf(int pid) => ReadProc(pid, "environ");

    private static string ReadProc(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
