using Fairlead.Contracts.Computes;
using Fairlead.Gateway.SelfScaling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.SelfScaling;

/// <summary>From what gateways measure to what they are told to have.</summary>
public sealed class SelfScalerTests : IDisposable
{
    private static readonly SelfScalingRules Rules = new SelfScalingOptions { Purpose = ClusterPurpose.FastProd }.Rules!;
    private static readonly GatewayLoad Calm = new(256, 300);
    private static readonly GatewayLoad Slow = new(8192, 480);
    private static readonly GatewayLoad Idle = new(64, 20);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeFleet _fleet = new();
    private readonly SelfScaler _scaler;
    private readonly LoadTrend _trend;

    public SelfScalerTests()
    {
        _scaler = new SelfScaler(_fleet, null!, Options.Create(new GatewayOptions()), _time, NullLogger<SelfScaler>.Instance);
        _trend = new LoadTrend(Rules, _time);
    }

    [Fact]
    public async Task OneSlowGateway_ForLongEnough_GrowsAll()
    {
        await LookAsync(TimeSpan.FromMinutes(3), Calm, Calm, Calm);
        await LookAsync(TimeSpan.FromSeconds(25), Calm, Slow, Calm);
        Assert.Empty(_fleet.Changes);

        await LookAsync(TimeSpan.FromSeconds(15), Calm, Slow, Calm);

        Assert.Equal([new GatewaySize(1000, 3)], _fleet.Changes);

        // Then it rests, however slow they are.
        await LookAsync(TimeSpan.FromSeconds(110), Slow, Slow, Slow);
        Assert.Single(_fleet.Changes);
        await LookAsync(TimeSpan.FromSeconds(60), Slow, Slow, Slow);
        Assert.Equal(new GatewaySize(2000, 3), _fleet.Changes[1]);
    }

    [Fact]
    public async Task ABreak_BeginsTheTimeAnew()
    {
        await LookAsync(TimeSpan.FromMinutes(3), Calm);
        for (var i = 0; i < 10; i++)
        {
            await LookAsync(TimeSpan.FromSeconds(25), Slow);
            await LookAsync(TimeSpan.FromSeconds(5), Calm);
        }

        Assert.Empty(_fleet.Changes);
    }

    [Fact]
    public async Task IdleGateways_ForLongEnough_Shrink()
    {
        _fleet.Size = new GatewaySize(2000, 4);
        await LookAsync(TimeSpan.FromMinutes(9), Idle, Idle, Idle, Idle);
        Assert.Empty(_fleet.Changes);

        await LookAsync(TimeSpan.FromMinutes(2), Idle, Idle, Idle, Idle);

        Assert.Equal([new GatewaySize(1000, 4)], _fleet.Changes);
        Assert.Equal(0, _fleet.RoomAsked);
    }

    [Fact]
    public async Task Change_ThatIsUnderWay_IsWaitedFor()
    {
        await LookAsync(TimeSpan.FromMinutes(3), Calm);
        _fleet.Size = null;
        await LookAsync(TimeSpan.FromMinutes(5), Slow);
        _fleet.Size = new GatewaySize(500, 3);
        await LookAsync(TimeSpan.FromSeconds(90), Slow);

        Assert.Empty(_fleet.Changes);
    }

    [Fact]
    public void Options_OfDevTest_HaveNoRules() => Assert.Null(new SelfScalingOptions { SlowFor = TimeSpan.FromSeconds(1) }.Rules);

    [Fact]
    public void Options_GivenOnes_WinOverThoseOfThePurpose()
    {
        var rules = new SelfScalingOptions { Purpose = ClusterPurpose.DenseProd, SlowFor = TimeSpan.FromSeconds(1), MaxPods = 1 }.Rules!;

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), 3), (rules.SlowFor, rules.SlowRouting, rules.MaxPods));
    }

    [Fact]
    public void Meter_TellsTheSlowestTwentieth_OfTheLastTenSeconds()
    {
        var meter = new LoadMeter(
            Options.Create(new GatewayOptions { SelfScaling = new SelfScalingOptions { Purpose = ClusterPurpose.FastProd } }), _time);
        Assert.Equal(0, meter.Read().RoutingMicros);
        _time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 100; i++)
        {
            meter.Routed(TimeSpan.FromMicroseconds(i < 96 ? 100 : 9000));
        }

        Assert.Equal(128, meter.Read().RoutingMicros);
        meter.Routed(TimeSpan.FromMicroseconds(9000));
        meter.Routed(TimeSpan.FromMicroseconds(9000));
        Assert.Equal(16384, meter.Read().RoutingMicros);

        // They are forgotten.
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(16384, meter.Read().RoutingMicros);
        meter.Routed(TimeSpan.FromMicroseconds(50));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(64, meter.Read().RoutingMicros);
    }

    [Fact]
    public void Meter_WhereNothingScales_MeasuresNothing()
    {
        var meter = new LoadMeter(Options.Create(new GatewayOptions()), _time);
        meter.Routed(TimeSpan.FromSeconds(1));

        Assert.Equal(default, meter.Read());
    }

    public void Dispose() => _scaler.Dispose();

    private async Task LookAsync(TimeSpan during, params GatewayLoad[] loads)
    {
        for (var end = _time.GetUtcNow() + during; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromSeconds(5)))
        {
            await _scaler.LookAsync(Rules, _trend, loads, default);
        }
    }

    private sealed class FakeFleet : IGatewayFleet
    {
        public GatewaySize? Size { get; set; } = new(500, 3);

        public List<GatewaySize> Changes { get; } = [];

        public int RoomAsked { get; private set; }

        public Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken) => work(cancellationToken);

        public Task<GatewaySize?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Size);

        public Task<ClusterRoom> FindRoomAsync(CancellationToken cancellationToken)
        {
            RoomAsked++;
            return Task.FromResult(new ClusterRoom(8000, 8000));
        }

        public Task ResizeAsync(GatewaySize size, CancellationToken cancellationToken)
        {
            Changes.Add(size);
            Size = size;
            return Task.CompletedTask;
        }
    }
}
