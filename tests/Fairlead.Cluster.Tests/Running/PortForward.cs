using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>A way to a port of a pod, whatever the cluster's network allows.</summary>
internal sealed class PortForward : IAsyncDisposable
{
    private const int ScoringPort = 5001;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private PortForward(Process process, HttpClient client)
    {
        _process = process;
        Client = client;
    }

    public HttpClient Client { get; }

    public static async Task<PortForward> ToAsync(string ns, JsonNode pod, int port = ScoringPort)
    {
        var process = Kubectl.Start(["-n", ns, "port-forward", "pod/" + (string)pod["metadata"]!["name"]!, $":{port}"]);
        using var limit = new CancellationTokenSource(Limit);
        var line = await process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit.Token));

        // Forwarding from 127.0.0.1:40123 -> 5001
        var local = int.Parse(line.Split(' ')[2].Split(':')[^1], CultureInfo.InvariantCulture);
        return new PortForward(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{local}") });
    }

    public async Task<JsonNode> ScoreAsync(string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync("/score", content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
