using System.Diagnostics.Metrics;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Autoscaling;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Fairlead.Gateway.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Autoscaling;

/// <summary>The whole autoscaler on a fake clock, driven tick by tick, with a compute target that obeys.</summary>
public sealed class ServiceScalerTests : IDisposable
{
    private static readonly ScoringServiceSpec Spec = new() { AuthEnabled = false, MaxQueueWaitMs = 600_000 };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeDirectory _directory = new();
    private readonly FakeScaler _scaler = new();
    private readonly ServiceProvider _metering = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ServiceTable _table;
    private readonly AutoscalerLoop _loop;
    private ServiceRoute _route = TestRoutes.Route(Spec, TestRoutes.Endpoint("r1"));

    public ServiceScalerTests()
    {
        var signal = new ScaleSignal();
        var options = Options.Create(new GatewayOptions());
        _table = new ServiceTable(
            _directory, signal, new ReplicaConnections(options, new IoLoops(options), _time), options, new ServiceQueues(_time),
            new TokenTrust(options, _time, NullLogger<TokenTrust>.Instance),
            new ReplicaStartMetrics(_metering.GetRequiredService<IMeterFactory>()), NullLogger<ServiceTable>.Instance);
        var metrics = new GatewayMetrics(_metering.GetRequiredService<IMeterFactory>(), _table);
        _loop = new AutoscalerLoop(_table, signal, _scaler, metrics, options, _time, NullLogger<AutoscalerLoop>.Instance);
        _directory.Subscribe(_table);
    }

    private ServiceQueue Queue => _table.Find(TestRoutes.Service)!.Queue;

    [Fact]
    public async Task Load_AboveTarget_ScalesUpInOneTick()
    {
        Publish(Spec, 1);
        await AcquireAsync();
        var waiting = Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();

        await TickAsync(1);

        Assert.Equal("up iris 3", await CallAsync());
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Request_ThatQueues_ScalesWithoutWaitingForRound()
    {
        Publish(Spec with { AutoScaler = new() { MinReplicas = 0 } }, 0);
        _ = Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();

        await _loop.HurryAsync(_table.Find(TestRoutes.Service)!, _time.GetUtcNow(), default);

        Assert.Equal("up iris 1", await CallAsync());
    }

    [Fact]
    public async Task Request_ThatQueuesJustAfterALook_IsSeenByNextRound()
    {
        Publish(Spec with { AutoScaler = new() { RefreshPeriodInSeconds = 30 } }, 1);
        await TickAsync(1);
        await _loop.HurryAsync(_table.Find(TestRoutes.Service)!, _time.GetUtcNow(), default);
        await AcquireAsync();
        await _loop.HurryAsync(_table.Find(TestRoutes.Service)!, _time.GetUtcNow(), default);
        Assert.False(_scaler.Calls.TryRead(out _));

        await TickAsync(1);

        Assert.Equal("up iris 2", await CallAsync());
    }

    [Fact]
    public async Task Idle_ForWholeWindow_RemovesOneIdleReplicaAtATime()
    {
        Obey();
        Publish(Spec, 3);
        await TickAsync(60);
        Assert.False(_scaler.Calls.TryRead(out _));

        await TickAsync(1);

        Assert.StartsWith("remove iris r", await CallAsync(), StringComparison.Ordinal);
        Assert.False(_scaler.Calls.TryRead(out _));
        await TickAsync(1);
        Assert.StartsWith("remove iris r", await CallAsync(), StringComparison.Ordinal);
        await TickAsync(120);
        Assert.False(_scaler.Calls.TryRead(out _));
        Assert.Equal(1, _route.DesiredReplicas);
    }

    [Fact]
    public async Task Victim_WithRequest_IsRemovedWhenItEnds()
    {
        Obey();
        Publish(Spec with { AutoScaler = new() { MinReplicas = 1, TargetUtilization = 100 } }, 2);
        var first = await AcquireAsync();
        var second = await AcquireAsync();
        await TickAsync(30);
        Queue.Release(first, LeaseEnd.Completed);

        await TickAsync(100);

        Assert.Equal("remove iris " + first.Endpoint.Id, await CallAsync());
        Assert.True(Queue.Release(second, LeaseEnd.Completed));
    }

    [Fact]
    public async Task Busy_InsideWindow_IsNotShrunk()
    {
        Publish(Spec, 3);
        for (var i = 0; i < 10; i++)
        {
            var one = await AcquireAsync();
            var two = await AcquireAsync();
            await TickAsync(1);
            Queue.Release(one, LeaseEnd.Completed);
            Queue.Release(two, LeaseEnd.Completed);
            await TickAsync(40);
        }

        Assert.False(_scaler.Calls.TryRead(out var call), call);
    }

    [Fact]
    public async Task Load_WhileDraining_SavesVictim()
    {
        Publish(Spec with { AutoScaler = new() { TargetUtilization = 100 } }, 2);
        _scaler.Failure = new InvalidOperationException("no");
        await TickAsync(62);
        Assert.StartsWith("remove", await CallAsync(), StringComparison.Ordinal);
        await AcquireAsync();
        var waiting = Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();
        Assert.False(waiting.IsCompleted);

        await TickAsync(1);

        Assert.Equal(LeaseOutcome.Granted, (await QueueHarness.Ended(waiting)).Outcome);
    }

    [Fact]
    public async Task ScaleCall_Failed_IsTriedAgain()
    {
        Publish(Spec, 1);
        await AcquireAsync();
        _scaler.Failure = new InvalidOperationException("no");
        await TickAsync(1);
        Assert.Equal("up iris 2", await CallAsync());

        await TickAsync(1);

        Assert.Equal("up iris 2", await CallAsync());
    }

    [Fact]
    public async Task FixedService_Overloaded_IsLeftAlone()
    {
        Publish(Spec with { NumReplicas = 2 }, 2);
        await AcquireAsync();
        await AcquireAsync();
        _ = Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default).AsTask();

        await TickAsync(130);

        Assert.False(_scaler.Calls.TryRead(out _));
    }

    [Fact]
    public async Task Min_Raised_ScalesUp()
    {
        Publish(Spec, 1);
        Publish(Spec with { AutoScaler = new() { MinReplicas = 4 } }, 1);

        await TickAsync(1);

        Assert.Equal("up iris 4", await CallAsync());
    }

    [Fact]
    public async Task Min_Zero_ServiceGoesToSleep()
    {
        Obey();
        Publish(Spec with { AutoScaler = new() { MinReplicas = 0 } }, 1);

        await TickAsync(62);

        Assert.Equal("remove iris r1", await CallAsync());
        Assert.Equal(0, _route.DesiredReplicas);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _table.Dispose();
        _metering.Dispose();
    }

    private void Obey() => _scaler.OnCall = call =>
    {
        var words = call.Split(' ');
        _route = _route with
        {
            DesiredReplicas = words[0] == "up" ? int.Parse(words[2]) : _route.DesiredReplicas - 1,
            Replicas = [.. _route.Replicas.Where(replica => replica.Id != words[2])],
        };
        _directory.Publish(_route);
    };

    private void Publish(ScoringServiceSpec spec, int replicas)
    {
        _route = TestRoutes.Route(spec, [.. Enumerable.Range(1, replicas).Select(i => TestRoutes.Endpoint("r" + i))]);
        _directory.Publish(_route);
    }

    private async Task<Lease> AcquireAsync()
    {
        var result = await Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
        Assert.Equal(LeaseOutcome.Granted, result.Outcome);
        return result.Lease;
    }

    private async Task TickAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            await _loop.TickAsync(_time.GetUtcNow(), default);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<string> CallAsync() => await _scaler.Calls.ReadAsync().AsTask().WaitAsync(GatewayFixture.Patience);
}
