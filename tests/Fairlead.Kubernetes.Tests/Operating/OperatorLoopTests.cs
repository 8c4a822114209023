using System.Text.Json.Nodes;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Operating;
using Fairlead.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Fairlead.Kubernetes.Tests.Operating;

/// <summary>The whole operator against an API server in memory.</summary>
public sealed class OperatorLoopTests : IAsyncDisposable
{
    private const string Service = "apis/fairlead.dev/v1/namespaces/ml/scoringservices/iris";
    private const string Deployment = "apis/apps/v1/namespaces/ml/deployments/iris";
    private const string Policy = "apis/networking.k8s.io/v1/namespaces/ml/networkpolicies/iris";
    private const string Budget = "apis/policy/v1beta1/namespaces/ml/poddisruptionbudgets/iris";
    private const string Secret = "api/v1/namespaces/ml/secrets/iris-keys";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FakeApiServer _server = new();
    private readonly ClusterClient _client;
    private readonly OperatorRun _operator;

    public OperatorLoopTests()
    {
        _server.Put("version", """{"metadata": {"name": "version"}, "gitVersion": "v1.20.2"}""");
        _server.Put("apis", """{"metadata": {"name": "apis"}, "groups": [{"name": "policy", "versions": [{"groupVersion": "policy/v1beta1", "version": "v1beta1"}]}]}""");
        _client = _server.CreateClient();
        _operator = new OperatorRun(
            _client, Options.Create(new OperatorOptions { Image = "fairlead:1" }), TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _operator.StopAsync(CancellationToken.None).WaitAsync(Limit);
        _operator.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Service_GetsItsObjectsAndStatus_AndThenNothingIsWritten()
    {
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => (string?)service["status"]?["state"] == "Transitioning");

        var deployment = _server.Find(Deployment)!;
        Assert.Equal("fairlead:1", (string?)deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.NotNull(_server.Find(Policy));
        Assert.NotNull(_server.Find(Budget));
        Assert.NotNull(_server.Find(Secret));
        await SettleAsync();
        var writes = OwnWrites;

        // A change that asks for nothing new: the labels of the service itself.
        PutService(labels: """{"a": "b"}""");
        await UntilAsync(Service, service => service["metadata"]!["labels"] is not null);
        _server.Put(Deployment, deployment.ToJsonString());
        await SettleAsync();

        Assert.Equal(writes, OwnWrites);
    }

    [Fact]
    public async Task Child_EditedOrRemoved_IsRestored()
    {
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => service["status"] is not null);

        var edited = _server.Find(Deployment)!;
        edited["spec"]!["replicas"] = 9;
        _server.Put(Deployment, edited.ToJsonString());
        await UntilAsync(Deployment, deployment => (int)deployment["spec"]!["replicas"]! == 1);
        var uid = (string?)_server.Find(Policy)!["metadata"]!["uid"];
        _server.Remove(Policy);
        await UntilAsync(Policy, policy => (string?)policy["metadata"]!["uid"] != uid);
    }

    [Fact]
    public async Task Deployment_OfSomebodyElse_IsNotTouched()
    {
        _server.Put(Deployment, """{"metadata": {"name": "iris", "namespace": "ml"}, "spec": {"replicas": 7}}""");
        PutService();
        await StartAsync();

        var service = await UntilAsync(Service, service => service["status"]?["error"] is not null);

        Assert.Equal("ServiceAlreadyExists", (string?)service["status"]!["error"]!["code"]);
        Assert.Equal(7, (int)_server.Find(Deployment)!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task Spec_AgainstTheRules_ChangesNothingThatRuns()
    {
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => service["status"] is not null);
        var before = _server.Find(Deployment)!.ToJsonString();

        PutService(more: """, "rollout": {"maxSurge": 0, "maxUnavailable": 0}""");
        var service = await UntilAsync(Service, service => service["status"]?["error"] is not null);

        Assert.Equal("InvalidArgument", (string?)service["status"]!["error"]!["code"]);
        Assert.Equal(before, _server.Find(Deployment)!.ToJsonString());
        PutService();
        await UntilAsync(Service, fixedAgain => fixedAgain["status"]?["error"] is null);
    }

    [Fact]
    public async Task Refusal_OfAnObject_IsToldInTheStatus()
    {
        _server.Intercept = request => request.Method == HttpMethod.Patch && request.RequestUri!.AbsolutePath.EndsWith("/deployments/iris", StringComparison.Ordinal)
            ? new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden) { Content = new StringContent("""{"kind": "Status", "code": 403, "reason": "Forbidden", "message": "the policy says no"}""") }
            : null;
        PutService();
        await StartAsync();

        var service = await UntilAsync(Service, service => service["status"]?["error"] is not null);

        Assert.Contains("the policy says no", (string?)service["status"]!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_ThatAreThere_AreLeftAlone()
    {
        _server.Put(Secret, """{"metadata": {"name": "iris-keys", "namespace": "ml"}, "data": {"primaryKey": "bWluZQ=="}}""");
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => service["status"] is not null);

        Assert.Equal("bWluZQ==", (string?)_server.Find(Secret)!["data"]!["primaryKey"]);
        Assert.DoesNotContain(_server.Requests, request => request.StartsWith("GET", StringComparison.Ordinal) && request.Contains("/secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_AwayForAWhile_WorkGoesOnAfterwards()
    {
        await StartAsync();
        _server.IsAway = true;
        PutService();
        _server.IsAway = false;

        await UntilAsync(Deployment, _ => true);
    }

    [Fact]
    public async Task Endpoint_GetsKeysAndAStatus_AndRunsNothing()
    {
        _server.Put(Service, """
            {"apiVersion": "fairlead.dev/v1", "kind": "ScoringService", "metadata": {"name": "iris", "namespace": "ml"},
             "spec": {"traffic": {"versions": [{"name": "blue", "service": "iris-blue"}]}}}
            """);
        await StartAsync();

        await UntilAsync(Service, service => (string?)service["status"]?["state"] == "Healthy");

        Assert.NotNull(_server.Find(Secret));
        Assert.All(new[] { Deployment, Policy, Budget }, made => Assert.Null(_server.Find(made)));
        Assert.Equal(0, (int)_server.Find(Service)!["status"]!["desiredReplicas"]!);
    }

    [Fact]
    public async Task Service_ThatBecomesAnEndpoint_RunsNothingAnyMore()
    {
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => service["status"] is not null);
        Assert.NotNull(_server.Find(Deployment));

        var endpoint = _server.Find(Service)!;
        endpoint["spec"] = JsonNode.Parse("""{"traffic": {"versions": [{"name": "blue", "service": "iris-blue"}]}}""");
        _server.Put(Service, endpoint.ToJsonString());

        await UntilAsync(Service, service => (string?)service["status"]?["state"] == "Healthy");
        await SettleAsync();
        Assert.All(new[] { Deployment, Policy, Budget }, made => Assert.Null(_server.Find(made)));
        Assert.NotNull(_server.Find(Secret));
    }

    [Fact]
    public async Task PodAutoscaler_OfTheDeployment_IsToldAndForgottenWhenItGoes()
    {
        const string scaler = "apis/autoscaling/v1/namespaces/ml/horizontalpodautoscalers/by-cpu";
        PutService();
        await StartAsync();
        await UntilAsync(Service, service => ScalerReason(service) == "Autoscaling");

        _server.Put(scaler, """
            {"metadata": {"name": "by-cpu", "namespace": "ml"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris"}}}
            """);

        var told = await UntilAsync(Service, service => ScalerReason(service) == "ConflictingAutoscaler");
        Assert.Contains("by-cpu", told["status"]!["conditions"]!.ToJsonString());
        await SettleAsync();
        Assert.Contains(_server.Writes, write => write.EndsWith("/events", StringComparison.Ordinal));
        _server.Remove(scaler);
        await UntilAsync(Service, service => ScalerReason(service) == "Autoscaling");

        static string? ScalerReason(JsonObject service) => (string?)service["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(condition => (string?)condition!["type"] == "AutoscalerActive")?["reason"];
    }

    private void PutService(string labels = "null", string more = "")
    {
        var service = JsonNode.Parse($$$"""
            {"apiVersion": "fairlead.dev/v1", "kind": "ScoringService",
             "metadata": {"name": "iris", "namespace": "ml", "labels": {{{labels}}}},
             "spec": {"models": [{"name": "iris", "framework": "Onnx", "persistentVolumeClaim": {"claimName": "models"} }]{{{more}}} } }
            """)!.AsObject();
        if (_server.Find(Service)?["status"] is { } status)
        {
            service["status"] = status.DeepClone();
        }

        _server.Put(Service, service.ToJsonString());
    }

    private async Task StartAsync()
    {
        await _operator.StartAsync(CancellationToken.None);
        await _operator.Watching.WaitAsync(Limit);
    }

    // A change of another service that is worked off says that what came before it has been, too: one key at a time of each.
    private async Task SettleAsync()
    {
        var path = Service.Replace("iris", "marker", StringComparison.Ordinal);
        _server.Put(path, """{"apiVersion": "fairlead.dev/v1", "kind": "ScoringService", "metadata": {"name": "marker", "namespace": "ml"}, "spec": {"models": [], "autoScaler": {"minReplicas": 3, "maxReplicas": 1} } }""");
        await UntilAsync(path, marker => marker["status"] is not null);
    }

    private int OwnWrites => _server.Writes.Count(write =>
        !write.Contains("marker", StringComparison.Ordinal) && !write.EndsWith("/events", StringComparison.Ordinal) && !write.Contains("/leases", StringComparison.Ordinal));

    private async Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var changed = _server.NextChange;
            if (_server.Find(path) is { } found && isSo(found))
            {
                return found;
            }

            await changed.WaitAsync(limit.Token);
        }
    }
}
