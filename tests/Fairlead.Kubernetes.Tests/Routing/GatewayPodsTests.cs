using System.Net;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Routing;
using Fairlead.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes.Tests.Routing;

public sealed class GatewayPodsTests : IAsyncDisposable
{
    private const string Secret = "api/v1/namespaces/system/secrets/peers";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FakeApiServer _server = new();
    private readonly ClusterClient _client;
    private readonly GatewayPods _pods;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public GatewayPodsTests()
    {
        _client = _server.CreateClient();
        _pods = new GatewayPods(_client, "system", TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Limit);
        _stop.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Pod_CountsFromItsStart_UntilItsContainerHasEnded()
    {
        Put("a", "10.0.0.1", Running(started: true));
        Put("b", "10.0.0.2", Running(started: false));
        _running = _pods.RunAsync(_stop.Token);
        await _pods.Filled.WaitAsync(Limit);
        await UntilAsync("10.0.0.1");

        Put("b", "10.0.0.2", Running(started: true));
        await UntilAsync("10.0.0.1", "10.0.0.2");

        // While it ends it still holds requests.
        Put("a", "10.0.0.1", Running(started: true), isEnding: true);
        Put("c", "fd00::3", Running(started: true));
        await UntilAsync("10.0.0.1", "10.0.0.2", "fd00::3");
        Put("a", "10.0.0.1", """{"terminated": {"exitCode": 0} }""", isEnding: true);
        await UntilAsync("10.0.0.2", "fd00::3");
        _server.Remove("api/v1/namespaces/system/pods/b");
        await UntilAsync("fd00::3");
    }

    [Fact]
    public async Task Secret_IsMadeOnce_AndThenRead()
    {
        var secret = new GatewaySecret(_client, TimeProvider.System);

        var first = await secret.FindOrMakeAsync("system", "peers", Assert.Fail, CancellationToken.None);
        var second = await secret.FindOrMakeAsync("system", "peers", Assert.Fail, CancellationToken.None);

        Assert.Equal((64, first), (first.Length, second));
        Assert.Single(_server.Writes);
    }

    [Fact]
    public async Task Secret_OfAnother_IsRefused_AndAnAbsentServerWaitedFor()
    {
        var secret = new GatewaySecret(_client, TimeProvider.System);
        _server.Put(Secret, """{"metadata": {"name": "peers", "namespace": "system"}, "data": {} }""");
        await Assert.ThrowsAsync<InvalidDataException>(() => secret.FindOrMakeAsync("system", "peers", Assert.Fail, CancellationToken.None));

        _server.Remove(Secret);
        _server.IsAway = true;
        var key = await secret.FindOrMakeAsync("system", "peers", _ => _server.IsAway = false, CancellationToken.None);
        Assert.Equal(64, key.Length);
    }

    private void Put(string name, string address, string state, bool isEnding = false) => _server.Put(
        "api/v1/namespaces/system/pods/" + name,
        $$$"""
        {"metadata": {"name": "{{{name}}}", "namespace": "system", "labels": {"fairlead.dev/role": "gateway"} {{{(isEnding ? """, "deletionTimestamp": "2026-01-01T00:00:00Z" """ : "")}}} },
         "status": {"phase": "Running", "podIP": "{{{address}}}", "containerStatuses": [{{{(state.StartsWith("{\"terminated", StringComparison.Ordinal) ? $"{{\"state\": {state}, \"started\": false}}" : state)}}}]} }
        """);

    private static string Running(bool started) => $$$"""{"state": {"running": {} }, "started": {{{(started ? "true" : "false")}}} }""";

    private async Task UntilAsync(params string[] addresses)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var change = _pods.NextChange;
            if (_pods.Addresses.ToHashSet().SetEquals(addresses.Select(IPAddress.Parse)))
            {
                return;
            }

            await change.WaitAsync(limit.Token);
        }
    }
}
