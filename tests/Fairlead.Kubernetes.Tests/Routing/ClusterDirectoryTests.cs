using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Routing;
using Fairlead.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes.Tests.Routing;

public sealed class ClusterDirectoryTests : IServiceDirectoryObserver, IAsyncDisposable
{
    private const string Services = "apis/fairlead.dev/v1/namespaces/ml/scoringservices";
    private const string Pods = "api/v1/namespaces/ml/pods";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FakeApiServer _server = new();
    private readonly ClusterClient _client;
    private readonly ClusterDirectory _directory;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, ServiceRoute> _routes = [];
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterDirectoryTests()
    {
        _client = _server.CreateClient();
        _directory = new ClusterDirectory(_client, null, TimeProvider.System, NullLoggerFactory.Instance);
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
    public async Task Service_IsPublishedWithReadyPodsAndHashesOfItsKeys()
    {
        PutService("iris", """{"maxConcurrentRequestsPerContainer": 3, "replicas": 2, "maxQueueWaitMs": 77}""");
        PutKeys("iris-keys", "iris", "one", "two");
        PutPod("a", "10.1.0.1", ready: true);
        PutPod("b", "10.1.0.2", ready: false);
        await StartAsync();

        var route = await UntilAsync("iris", route => route.Replicas.Count == 1);

        Assert.Equal(new ReplicaEndpoint("a", new Uri("http://10.1.0.1:5001"), 3, false), route.Replicas[0]);
        Assert.Equal([Hash("one"), Hash("two")], route.Secret.KeyHashes);
        Assert.Equal((2, 77, true), (route.DesiredReplicas, route.Spec.MaxQueueWaitMs, route.Spec.IsAutoscaled));
    }

    [Fact]
    public async Task Endpoint_IsPublishedWithItsTraffic_AndFollowsItsChanges()
    {
        PutService("shop", """{"traffic": {"versions": [{"name": "blue", "service": "shop-blue", "isControl": true}]}}""");
        PutKeys("shop-keys", "shop", "one", "two");
        await StartAsync();
        var route = await UntilAsync("shop", route => route.Secret.KeyHashes.Count == 2);
        Assert.Equal(("blue", "shop-blue", true), (route.Traffic!.DefaultVersion, route.Traffic.Versions[0].Service, route.Traffic.Versions[0].IsControl));
        Assert.Equal((0, false), (route.DesiredReplicas, route.Spec.IsAutoscaled));

        PutService("shop", """
            {"traffic": {"stickyHeader": "x-user", "defaultVersion": "green", "versions":
             [{"name": "blue", "service": "shop-blue", "trafficPercentile": 2.5}, {"name": "green", "service": "shop-green"}]}}
            """);

        route = await UntilAsync("shop", route => route.Traffic!.Versions.Count == 2);
        Assert.Equal(("green", "x-user", 2.5m), (route.Traffic!.DefaultVersion, route.Traffic.StickyHeader, route.Traffic.Versions[0].TrafficPercentile));
    }

    [Fact]
    public async Task Endpoint_ThatIsNotRight_IsPublishedWithoutTraffic()
    {
        PutService("shop", """{"traffic": {"defaultVersion": "none", "versions": [{"name": "blue", "service": "shop-blue"}]}}""");
        await StartAsync();

        Assert.Null((await UntilAsync("shop", _ => true)).Traffic);
    }

    [Fact]
    public async Task Pods_ThatComeEndAndGo_AreFollowed()
    {
        PutService("iris", "{}");
        PutPod("a", "10.1.0.1", ready: true);
        await StartAsync();
        PutPod("b", "fd00::2", ready: true);
        var route = await UntilAsync("iris", route => route.Replicas.Count == 2);
        Assert.Equal("http://[fd00::2]:5001/", route.Replicas[1].Address.ToString());

        PutPod("a", "10.1.0.1", ready: false, ending: true);
        Assert.True((await UntilAsync("iris", route => route.Replicas[0].Draining)).Replicas.Count == 2);
        _server.Remove($"{Pods}/a");
        Assert.Equal("b", Assert.Single((await UntilAsync("iris", route => route.Replicas.Count == 1)).Replicas).Id);
    }

    [Fact]
    public async Task Pods_ThatAreAllCalledUnready_AreStillTried_WhileTheirContainersAreReady()
    {
        PutService("iris", "{}");
        PutPod("a", "10.1.0.1", ready: true);
        PutPod("b", "10.1.0.2", ready: true);
        await StartAsync();
        await UntilAsync("iris", route => route.Replicas.Count == 2);

        PutPod("a", "10.1.0.1", ready: false, containersReady: true);
        Assert.Equal("b", Assert.Single((await UntilAsync("iris", route => route.Replicas.Count == 1)).Replicas).Id);
        PutPod("b", "10.1.0.2", ready: false, containersReady: true);
        await UntilAsync("iris", route => route.Replicas.Count == 2);
        PutPod("b", "10.1.0.2", ready: false);
        Assert.Equal("a", Assert.Single((await UntilAsync("iris", route => route.Replicas.Count == 1)).Replicas).Id);
    }

    [Fact]
    public async Task Keys_ThatChange_AreFollowed_AlsoAsHashes()
    {
        PutService("iris", """{"keysSecret": "mine"}""");
        await StartAsync();
        Assert.Empty((await UntilAsync("iris", _ => true)).Secret.KeyHashes);

        PutKeys("mine", "iris", "one", null);
        Assert.Equal([Hash("one")], (await UntilAsync("iris", route => route.Secret.KeyHashes.Count == 1)).Secret.KeyHashes);
        _server.Put("api/v1/namespaces/ml/secrets/mine", $$$"""
            {"metadata": {"name": "mine", "namespace": "ml", "labels": {"fairlead.dev/service": "iris"} },
             "data": {"keyHashes": "{{{Base64(Hash("x") + "\n" + Hash("y").ToUpperInvariant() + " short")}}}"} }
            """);
        Assert.Equal([Hash("x"), Hash("y")], (await UntilAsync("iris", route => route.Secret.KeyHashes.Count == 2)).Secret.KeyHashes);
    }

    [Fact]
    public async Task Tokens_OfWorkspaceAndProviders_ReachTheRoute()
    {
        PutService("iris", """
            {"authEnabled": false, "tokenAuthEnabled": true, "keysSecret": "mine", "tokenIssuers": [{"issuer": "https://login.test", "audience": "iris"}]}
            """);
        await StartAsync();
        var route = await UntilAsync("iris", _ => true);
        Assert.Null(route.Secret.Tokens);
        Assert.Equal([new TokenIssuer { Issuer = "https://login.test", Audience = "iris" }], route.Spec.TokenIssuers);
        var tokens = new WorkspaceTokens("issuer", "audience", """{"keys":[]}""") { NotBefore = DateTimeOffset.UnixEpoch };

        _server.Put("api/v1/namespaces/ml/secrets/mine", $$$"""
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine", "namespace": "ml", "labels": {"fairlead.dev/service": "iris"}},
             "data": {"tokens": "{{{Convert.ToBase64String(KeysSecretManifest.Write(tokens))}}}"} }
            """);

        Assert.Equal(tokens, (await UntilAsync("iris", changed => changed.Secret.Tokens is not null)).Secret.Tokens);
    }

    [Fact]
    public async Task Service_ThatGoes_IsRemoved_AndASecondOneOfItsNameFollows()
    {
        PutService("iris", """{"maxQueueWaitMs": 1}""", created: "2026-01-01T00:00:00Z");
        PutService("iris", """{"maxQueueWaitMs": 2}""", ns: "other", created: "2026-01-02T00:00:00Z");
        await StartAsync();
        Assert.Equal(1, (await UntilAsync("iris", _ => true)).Spec.MaxQueueWaitMs);

        _server.Remove($"{Services}/iris");
        await UntilAsync("iris", route => route.Spec.MaxQueueWaitMs == 2);
        _server.Remove($"{Services.Replace("/ml/", "/other/", StringComparison.Ordinal)}/iris");
        await UntilGoneAsync("iris");
    }

    [Fact]
    public async Task ScaleUp_GoesThroughTheSubresource_AndNeverDown()
    {
        PutService("iris", """{"replicas": 2, "autoScaler": {"minReplicas": 1, "maxReplicas": 9} }""");
        await StartAsync();

        await _directory.ScaleUpAsync("iris", 5, CancellationToken.None);
        await UntilAsync("iris", route => route.DesiredReplicas == 5);
        await _directory.ScaleUpAsync("iris", 3, CancellationToken.None);

        Assert.Equal(5, Replicas("iris"));
        Assert.Equal($"PATCH {Services}/iris/scale", Assert.Single(_server.Writes));
    }

    [Fact]
    public async Task RemoveReplica_OffersThatPodFirst_ThenLowersTheNumber()
    {
        PutService("iris", """{"replicas": 3, "autoScaler": {"minReplicas": 1, "maxReplicas": 9} }""");
        PutPod("a", "10.1.0.1", ready: true);
        await StartAsync();

        await _directory.RemoveReplicaAsync("iris", "a", CancellationToken.None);

        var pod = _server.Find($"{Pods}/a")!;
        Assert.Equal("-2147483648", (string?)pod["metadata"]!["annotations"]!["controller.kubernetes.io/pod-deletion-cost"]);
        Assert.Contains(pod["status"]!["conditions"]!.AsArray(), condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "False");
        Assert.Equal(2, Replicas("iris"));
        Assert.Equal([$"PATCH {Pods}/a", $"PATCH {Pods}/a/status", $"PATCH {Services}/iris/scale"], _server.Writes);
        await _directory.RemoveReplicaAsync("iris", "gone", CancellationToken.None);
        Assert.Equal(1, Replicas("iris"));
    }

    [Fact]
    public async Task Scale_ThatAnotherChangedMeanwhile_IsReadAgain()
    {
        PutService("iris", """{"replicas": 3, "autoScaler": {"minReplicas": 1, "maxReplicas": 9} }""");
        await StartAsync();
        var first = true;
        _server.Intercept = request =>
        {
            if (first && request.RequestUri!.AbsolutePath.EndsWith("/scale", StringComparison.Ordinal))
            {
                first = false;
                PutService("iris", """{"replicas": 6, "autoScaler": {"minReplicas": 1, "maxReplicas": 9} }""");
            }

            return null;
        };

        await _directory.RemoveReplicaAsync("iris", "gone", CancellationToken.None);

        Assert.Equal(5, Replicas("iris"));
    }

    void IServiceDirectoryObserver.OnChanged(ServiceRoute route) => Note(() => _routes[route.Service] = route);

    void IServiceDirectoryObserver.OnRemoved(string service) => Note(() => _routes.Remove(service));

    private void Note(Action change)
    {
        lock (_lock)
        {
            change();
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task StartAsync()
    {
        _running = _directory.RunAsync(_stop.Token);
        await _directory.Filled.WaitAsync(Limit);
        _directory.Subscribe(this);
    }

    private async Task<ServiceRoute> UntilAsync(string service, Func<ServiceRoute, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                if (_routes.TryGetValue(service, out var route) && isSo(route))
                {
                    return route;
                }
            }

            await changed.WaitAsync(limit.Token);
        }
    }

    private async Task UntilGoneAsync(string service)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                if (!_routes.ContainsKey(service))
                {
                    return;
                }
            }

            await changed.WaitAsync(limit.Token);
        }
    }

    private void PutService(string name, string spec, string ns = "ml", string created = "2026-01-01T00:00:00Z") => _server.Put(
        $"{Services.Replace("/ml/", $"/{ns}/", StringComparison.Ordinal)}/{name}",
        $$$"""{"apiVersion": "fairlead.dev/v1", "kind": "ScoringService", "metadata": {"name": "{{{name}}}", "namespace": "{{{ns}}}", "creationTimestamp": "{{{created}}}"}, "spec": {{{spec}}} }""");

    private void PutPod(string name, string address, bool ready, bool ending = false, bool? containersReady = null) => _server.Put(
        $"{Pods}/{name}",
        $$$"""
        {"metadata": {"name": "{{{name}}}", "namespace": "ml", "labels": {"fairlead.dev/service": "iris"} {{{(ending ? """, "deletionTimestamp": "2026-01-01T00:00:00Z" """ : "")}}} },
         "status": {"phase": "Running", "podIP": "{{{address}}}", "conditions": [{"type": "Ready", "status": "{{{(ready ? "True" : "False")}}}"}, {"type": "ContainersReady", "status": "{{{(containersReady ?? ready ? "True" : "False")}}}"}]} }
        """);

    private void PutKeys(string name, string service, string primary, string? secondary) => _server.Put(
        $"api/v1/namespaces/ml/secrets/{name}",
        $$$"""
        {"metadata": {"name": "{{{name}}}", "namespace": "ml", "labels": {"fairlead.dev/service": "{{{service}}}"} },
         "data": {"primaryKey": "{{{Base64(primary)}}}" {{{(secondary is null ? "" : $", \"secondaryKey\": \"{Base64(secondary)}\"")}}} } }
        """);

    private int Replicas(string service) => (int)_server.Find($"{Services}/{service}")!["spec"]!["replicas"]!;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
