using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Tests.Fakes;
using Fairlead.Kubernetes.Watching;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes.Tests.Watching;

public sealed class ReflectorTests : IAsyncLifetime
{
    private const string Collection = "api/v1/namespaces/ns/pods";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly FakeApiServer _server = new();
    private readonly ObjectStore<V1Pod> _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(Func<bool> IsSo, TaskCompletionSource Seen)> _waits = [];
    private Task _running = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        _store.Changed += _ =>
        {
            lock (_waits)
            {
                _waits.ForEach(wait =>
                {
                    if (wait.IsSo())
                    {
                        wait.Seen.TrySetResult();
                    }
                });
            }
        };
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Limit);
        _stop.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Objects_ThatWereThereAndThatCome_AreInTheStore()
    {
        Put("a", "1");
        await StartAsync();
        Assert.Equal("1", Label("a"));

        Put("b", "1");
        await UntilAsync(() => Label("b") == "1");
        Put("a", "2");
        await UntilAsync(() => Label("a") == "2");
        _server.Remove($"{Collection}/a");
        await UntilAsync(() => Label("a") is null);
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task Watch_ThatEnds_GoesOnWhereItWas_WithoutAList()
    {
        await StartAsync();
        Put("a", "1");
        await UntilAsync(() => Label("a") == "1");

        _server.EndWatches();
        Put("a", "2");

        await UntilAsync(() => Label("a") == "2");
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task Version_ThatTheServerForgot_IsListedAnew_AndWhatWentMeanwhileGoes()
    {
        Put("a", "1");
        Put("b", "1");
        await StartAsync();

        _server.IsAway = true;
        _server.Remove($"{Collection}/a");
        Put("c", "1");
        _server.Forget();
        _server.IsAway = false;

        await UntilAsync(() => Label("a") is null && Label("c") == "1");
        Assert.Equal("1", Label("b"));
        Assert.Equal(2, Lists);
    }

    [Fact]
    public async Task Bookmark_KeepsTheVersionFresh()
    {
        await StartAsync();
        Put("a", "1");
        await UntilAsync(() => Label("a") == "1");
        _server.Put("api/v1/namespaces/ns/services/other", """{"metadata":{"name":"other","namespace":"ns"}}""");
        _server.Bookmark();
        Put("a", "2");
        await UntilAsync(() => Label("a") == "2");

        _server.EndWatches();
        Put("a", "3");

        await UntilAsync(() => Label("a") == "3");
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task Server_Away_KeepsTheLastState()
    {
        Put("a", "1");
        await StartAsync();

        _server.IsAway = true;
        Put("a", "2");
        Assert.Equal("1", Label("a"));
        _server.IsAway = false;

        await UntilAsync(() => Label("a") == "2");
    }

    private int Lists => _server.Requests.Count(request => request == $"GET {Collection}");

    private async Task StartAsync()
    {
        var reflector = new Reflector<V1Pod>(
            _server.CreateClient(), ApiKinds.Pods, new ListQuery("ns"), _store, TimeProvider.System, NullLogger.Instance);
        _running = reflector.RunAsync(_stop.Token);
        await _store.Filled.WaitAsync(Limit);
    }

    private Task UntilAsync(Func<bool> isSo)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waits)
        {
            _waits.Add((isSo, seen));
        }

        if (isSo())
        {
            seen.TrySetResult();
        }

        return seen.Task.WaitAsync(Limit);
    }

    private void Put(string name, string label) => _server.Put(
        $"{Collection}/{name}", $$$"""{"metadata": {"name": "{{{name}}}", "namespace": "ns", "labels": {"v": "{{{label}}}"} } }""");

    private string? Label(string name) => _store.Find(new ObjectKey("ns", name))?.Metadata.Labels["v"];
}
