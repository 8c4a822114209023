using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Tests.Routing;

public sealed class ServiceDirectoryTests
{
    private readonly ServiceDirectory _directory = new();
    private readonly Recorder _recorder = new();

    public ServiceDirectoryTests() => _directory.Subscribe(_recorder);

    [Fact]
    public void Publish_SameContent_TellsNobody()
    {
        _directory.Publish(Route());
        _directory.Publish(Route());

        Assert.Equal(1, _recorder.Changes);
    }

    public static TheoryData<string, Func<ServiceRoute, ServiceRoute>> Changes => new()
    {
        { "a replica more", route => route with { Replicas = [.. route.Replicas, Replica("r2")] } },
        { "a replica drains", route => route with { Replicas = [Replica("r1") with { Draining = true }] } },
        { "a replica elsewhere", route => route with { Replicas = [Replica("r1") with { Address = new("http://10.0.0.9:1") }] } },
        { "more places", route => route with { Replicas = [Replica("r1") with { MaxConcurrentRequests = 2 }] } },
        { "desired replicas", route => route with { DesiredReplicas = 2 } },
        { "a setting", route => route with { Spec = route.Spec with { MaxQueueLength = 7 } } },
        { "a key", route => route with { Secret = new(["b"]) } },
        { "token keys", route => route with { Secret = route.Secret with { Tokens = new("i", "a", "{}") } } },
        { "an endpoint", route => route with { Traffic = Split(10.5m) } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Publish_OtherContent_TellsObservers(string what, Func<ServiceRoute, ServiceRoute> change)
    {
        _directory.Publish(Route());
        _directory.Publish(change(Route()));

        Assert.True(_recorder.Changes == 2, what);
    }

    [Fact]
    public void Publish_OtherShare_TellsObservers()
    {
        _directory.Publish(Route() with { Traffic = Split(10.5m) });
        _directory.Publish(Route() with { Traffic = Split(10.25m) });

        Assert.Equal(2, _recorder.Changes);
    }

    [Fact]
    public void Publish_AfterRemoval_TellsObservers()
    {
        _directory.Publish(Route());
        _directory.Remove("iris");
        _directory.Publish(Route());

        Assert.Equal(2, _recorder.Changes);
        Assert.Equal(1, _recorder.Removals);
    }

    private static ServiceRoute Route() => new()
    {
        Service = "iris",
        Spec = new ScoringServiceSpec(),
        Secret = new(["a"]),
        DesiredReplicas = 1,
        Replicas = [Replica("r1")],
    };

    private static ReplicaEndpoint Replica(string id) => new(id, new Uri("http://10.0.0.5:5001"), 1, false);

    private static TrafficSplit Split(decimal percentile) =>
        new() { DefaultVersion = "blue", Versions = [new("blue", "iris-blue", 0), new("green", "iris-green", percentile)] };

    private sealed class Recorder : IServiceDirectoryObserver
    {
        public int Changes { get; private set; }

        public int Removals { get; private set; }

        public void OnChanged(ServiceRoute route) => Changes++;

        public void OnRemoved(string service) => Removals++;
    }
}
