using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Targets;
using Fairlead.Kubernetes.Tests.Fakes;
using Fairlead.Kubernetes.Tests.Installing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Kubernetes.Tests.Targets;

public sealed class ClusterTargetTests : IAsyncLifetime
{
    private const string Namespace = "api/v1/namespaces/azureml-default";
    private const string Iris = "apis/fairlead.dev/v1/namespaces/azureml-default/scoringservices/iris";

    private readonly FakeApiServer _server = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-target-").FullName;
    private ClusterTarget _target = null!;

    public ValueTask InitializeAsync()
    {
        _target = new ClusterTarget(
            _server.CreateClient(), Attachments.Of(), new ClusterFacts { GatewayUrl = "http://gateway.test" }, _blobs, _blobs, _folder,
            _time, NullLoggerFactory.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _server.EndWatches();
        await _target.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task Apply_NewService_WritesItWithItsSecrets_AndFollowsItsStatus()
    {
        await ApplyAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal((1, ServiceState.Transitioning), (_target.FindStatus("iris")!.ObservedGeneration, _target.FindStatus("iris")!.State));
        Assert.Equal("aa", Data("iris-keys", "keyHashes"));
        Assert.StartsWith("right-", Data("iris-files", ServiceResources.VariableOf(Model)), StringComparison.Ordinal);
        Assert.Equal("iris", (string?)_server.Find(Namespace + "/secrets/iris-files")!["metadata"]!["ownerReferences"]![0]!["name"]);

        Report("Healthy", "r1", "r1");
        var status = await SettledAsync();
        Assert.Equal((1, 1, ServiceState.Healthy), (status.ObservedGeneration, status.ServingGeneration, status.State));
    }

    [Fact(Timeout = 30_000)]
    public async Task Apply_SameOrOlderGeneration_ChangesOnlyTheSecret()
    {
        await ApplyAsync(3, TestContext.Current.CancellationToken);
        Report("Healthy", "r1", "r1");
        await SettledAsync();
        var before = (string)_server.Find(Iris)!["metadata"]!["resourceVersion"]!;

        await ApplyAsync(2, TestContext.Current.CancellationToken, spec => spec with { MaxQueueWaitMs = 900 }, "bb");

        Assert.Equal(before, (string)_server.Find(Iris)!["metadata"]!["resourceVersion"]!);
        Assert.Equal("bb", Data("iris-keys", "keyHashes"));
        Assert.Equal(3, _target.FindStatus("iris")!.ObservedGeneration);
    }

    [Fact(Timeout = 30_000)]
    public async Task Apply_NewGeneration_IsSeenAtOnceAndKeepsRightsOfTheOneBefore()
    {
        await ApplyAsync(1, TestContext.Current.CancellationToken);
        Report("Healthy", "r1", "r1");
        await SettledAsync();
        var second = _blobs.Manifest("other.onnx");

        await ApplyAsync(2, TestContext.Current.CancellationToken, spec => spec with { Models = [new ServedModel("iris", 2, "Onnx", second)] });

        Assert.Equal((2, ServiceState.Transitioning, 1), (_target.FindStatus("iris")!.ObservedGeneration, _target.FindStatus("iris")!.State, _target.FindStatus("iris")!.ServingGeneration));
        Assert.NotNull(Data("iris-files", ServiceResources.VariableOf(Model)));
        Assert.NotNull(Data("iris-files", ServiceResources.VariableOf(second)));
        Report("Healthy", "r2", "r1", """{"code": "KubernetesDeploymentFailed", "statusCode": 400, "message": "no", "details": []}""");
        Assert.Equal((1, "no"), ((await SettledAsync()).ServingGeneration, _target.FindStatus("iris")!.Error!.Message));
    }

    [Fact(Timeout = 30_000)]
    public async Task Apply_ServiceOfSomebodyElse_IsRefused()
    {
        _server.Put(Iris, """{"metadata": {"name": "iris", "namespace": "azureml-default"}, "spec": {"replicas": 1}}""");

        var exception = await Assert.ThrowsAsync<FairleadException>(() => ApplyAsync(1, TestContext.Current.CancellationToken));
        await _target.DeleteAsync("iris", TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCodes.ServiceAlreadyExists, exception.Error.Code);
        Assert.NotNull(_server.Find(Iris));
        Assert.Null(_target.FindStatus("iris"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Delete_Service_EndsItsWatch()
    {
        await ApplyAsync(1, TestContext.Current.CancellationToken);
        Report("Healthy", "r1", "r1");
        await SettledAsync();
        var all = _target.WatchAsync("iris", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask();

        var deletion = _target.DeleteAsync("iris", TestContext.Current.CancellationToken);
        while (!deletion.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(deletion, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        await deletion;
        Assert.NotEmpty(await all);
        Assert.Null(_target.FindStatus("iris"));
        Assert.Null(_server.Find(Namespace + "/secrets/iris-keys"));
        await _target.DeleteAsync("nothing", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 30_000)]
    public async Task Rights_AreRenewedLongBeforeTheyEnd()
    {
        await ApplyAsync(1, TestContext.Current.CancellationToken);
        Report("Healthy", "r1", "r1");
        await SettledAsync();
        var before = Data("iris-files", ServiceResources.VariableOf(Model));

        var change = _server.NextChange;
        _time.Advance(_blobs.Lifetime / 3);
        await change.WaitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(before, Data("iris-files", ServiceResources.VariableOf(Model)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Logs_OfAPodThatIsGone_CanStillBeRead()
    {
        var asked = new TaskCompletionSource();
        _server.Intercept = request =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/pods/iris-1/log", StringComparison.Ordinal))
            {
                return null;
            }

            var isPrevious = request.RequestUri.Query.Contains("previous=true", StringComparison.Ordinal);
            var text = isPrevious ? "2026-01-01T00:00:01.1Z crashed\n" : "2026-01-01T00:00:02.1Z up again\n";
            if (!isPrevious)
            {
                asked.TrySetResult();
            }

            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) };
        };
        await ApplyAsync(1, TestContext.Current.CancellationToken);
        _server.Put(Namespace + "/pods/iris-1", """
            {"metadata": {"name": "iris-1", "namespace": "azureml-default", "labels": {"fairlead.dev/service": "iris"}}, "spec": {"containers": []},
             "status": {"containerStatuses": [{"name": "scoring", "restartCount": 1, "state": {"running": {}},
               "lastState": {"terminated": {"exitCode": 3}}}]}}
            """);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        _server.Remove(Namespace + "/pods/iris-1");

        var lines = new List<string>();
        await foreach (var line in _target.ReadLogsAsync("iris", new LogQuery(Follow: true), TestContext.Current.CancellationToken))
        {
            lines.Add(line.Text);
            if (line.Text == "up again")
            {
                break;
            }
        }

        Assert.Equal(["crashed", "up again"], lines);
    }

    [Fact(Timeout = 30_000)]
    public async Task Apply_ClusterAway_SaysSo()
    {
        await ApplyAsync(1, TestContext.Current.CancellationToken);
        _server.IsAway = true;

        var exception = await Assert.ThrowsAsync<FairleadException>(() => ApplyAsync(2, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.ClusterUnreachable, exception.Error.Code);
        Assert.Contains("fairlead computetarget check dev", exception.Message, StringComparison.Ordinal);
        _server.IsAway = false;
    }

    private string Model => field ??= _blobs.Manifest("model.onnx");

    private Task ApplyAsync(
        long generation, CancellationToken cancellationToken, Func<ScoringServiceSpec, ScoringServiceSpec>? change = null, string key = "aa")
    {
        var spec = new ScoringServiceSpec { Models = [new ServedModel("iris", 1, "Onnx", Model)] };
        return _target.ApplyAsync(
            new ScoringService { Name = "iris", Generation = generation, Spec = change?.Invoke(spec) ?? spec, Secret = new ServiceSecret([key]) },
            cancellationToken);
    }

    /// <summary>What the operator writes.</summary>
    private void Report(string state, string revision, string serving, string? error = null)
    {
        var value = _server.Find(Iris)!;
        value["status"] = new JsonObject
        {
            ["observedGeneration"] = (long)value["metadata"]!["generation"]!,
            ["state"] = state,
            ["revision"] = revision,
            ["servingRevision"] = serving,
            ["error"] = error is null ? null : JsonNode.Parse(error),
        };
        _server.Put(Iris, value.ToJsonString());
    }

    private async Task<ScoringServiceStatus> SettledAsync()
    {
        await foreach (var status in _target.WatchAsync("iris", TestContext.Current.CancellationToken))
        {
            if (status.IsSettled)
            {
                return status;
            }
        }

        throw new InvalidOperationException("The watch has ended.");
    }

    private string? Data(string secret, string key) =>
        _server.Find($"{Namespace}/secrets/{secret}")?["data"]?[key] is { } value ? Encoding.UTF8.GetString(Convert.FromBase64String((string)value!)) : null;
}
