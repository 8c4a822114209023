using System.Diagnostics.Metrics;
using System.Globalization;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Fairlead.Gateway.Tests.Telemetry;

public sealed class ColdStartTests
{
    private static readonly ScoringServiceSpec Sleeps =
        TestRoutes.Open with { NumReplicas = null, AutoScaler = new() { MinReplicas = 0 } };

    private static readonly ReplicaStart Start =
        new(null, TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(420.5), TimeSpan.FromSeconds(1.4));

    [Fact]
    public async Task Request_ThatWokeTheService_TellsHowLongAndWhy()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Directory.Publish(TestRoutes.Route(Sleeps));
        using var waits = Collect(gateway, "fairlead.gateway.cold_start.wait");
        using var phases = Collect(gateway, "fairlead.gateway.replica.start");
        var waiting = gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Queued == 1);
        await Task.Delay(20);
        var replica = await gateway.AddReplicaAsync("first", static context =>
        {
            context.Response.Headers["Server-Timing"] = "model;dur=7";
            return Task.CompletedTask;
        });
        var route = TestRoutes.Route(Sleeps, replica.Endpoint() with { Start = Start });

        gateway.Directory.Publish(route);
        using var first = await waiting;
        using var second = await gateway.ScoreAsync();

        Assert.Equal("model;dur=7", Assert.Single(second.Headers.GetValues("Server-Timing")));
        var timing = string.Join(", ", first.Headers.GetValues("Server-Timing")).Split(", ");
        Assert.Equal("model;dur=7", timing[0]);
        Assert.True(double.Parse(timing[1].Replace("cold-start;dur=", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) >= 20, timing[1]);
        Assert.Equal(["cold-start-pull;dur=3000", "cold-start-start;dur=420.5", "cold-start-load;dur=1400"], timing[2..]);
        Assert.True(Assert.Single(waits.GetMeasurementSnapshot()).Value >= 0.02);
        Assert.Equal(
            [("pull", 3), ("start", 0.4205), ("load", 1.4)],
            phases.GetMeasurementSnapshot().Select(static one => ((string)one.Tags["phase"]!, one.Value)));

        // It is told once, however often the route changes.
        gateway.Directory.Publish(route with { DesiredReplicas = 3 });
        Assert.Equal(3, phases.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public async Task Replicas_ThatAGatewayFinds_AreNotCounted()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var phases = Collect(gateway, "fairlead.gateway.replica.start");

        gateway.Directory.Publish(TestRoutes.Route(Sleeps, TestRoutes.Endpoint("r1") with { Start = Start }));

        Assert.Empty(phases.GetMeasurementSnapshot());
    }

    private static MetricCollector<double> Collect(GatewayFixture gateway, string instrument) =>
        new(gateway.Services.GetRequiredService<IMeterFactory>(), GatewayMetrics.MeterName, instrument);
}
