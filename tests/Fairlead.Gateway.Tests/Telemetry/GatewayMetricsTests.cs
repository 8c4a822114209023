using System.Diagnostics.Metrics;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Fairlead.Gateway.Tests.Telemetry;

public sealed class GatewayMetricsTests
{
    [Fact]
    public async Task Instruments_Names_ArePinned()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        await using var gateway = await GatewayFixture.StartAsync();
        var factory = gateway.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Meter.Scope == factory)
                {
                    seen.Add($"{instrument.Name} {instrument.Unit} {instrument.GetType().Name.Split('`')[0]}");
                }
            },
        };

        listener.Start();

        Assert.Equal(
            [
                "fairlead.gateway.access_log.dropped {line} Counter",
                "fairlead.gateway.cold_start.wait s Histogram",
                "fairlead.gateway.endpoint.requests {request} Counter",
                "fairlead.gateway.hedges {request} Counter",
                "fairlead.gateway.queue.bytes By ObservableGauge",
                "fairlead.gateway.queue.wait s Histogram",
                "fairlead.gateway.replica.start s Histogram",
                "fairlead.gateway.replicas {replica} ObservableGauge",
                "fairlead.gateway.replicas.desired {replica} ObservableGauge",
                "fairlead.gateway.replicas.ejected {replica} ObservableGauge",
                "fairlead.gateway.requests {request} Counter",
                "fairlead.gateway.requests.in_flight {request} ObservableGauge",
                "fairlead.gateway.requests.queued {request} ObservableGauge",
                "fairlead.gateway.retries {retry} Counter",
                "fairlead.gateway.routing.duration s Histogram",
                "fairlead.gateway.scalings {scaling} Counter",
                "fairlead.gateway.shadow.duration s Histogram",
                "fairlead.gateway.shadow.requests {request} Counter",
                "fairlead.gateway.tls.certificate.remaining s ObservableGauge",
                "fairlead.gateway.tls.reloads {reload} Counter",
                "http.server.request.body.size By Histogram",
                "http.server.request.duration s Histogram",
                "http.server.response.body.size By Histogram",
            ],
            seen);
    }

    [Fact]
    public async Task Requests_ByOutcome_AreCounted()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            context.Response.StatusCode = context.Request.Query.ContainsKey("fail") ? 500 : 200;
            return Task.CompletedTask;
        });
        using var requests = new MetricCollector<long>(
            gateway.Services.GetRequiredService<IMeterFactory>(), GatewayMetrics.MeterName, "fairlead.gateway.requests");

        await gateway.ScoreAsync();
        await gateway.Client.GetAsync("/api/v1/service/iris/score?fail");
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open) with { DesiredReplicas = 0 });
        await gateway.ScoreAsync();

        await requests.WaitForMeasurementsAsync(3, GatewayFixture.Patience);
        Assert.Equal(
            ["answered", "model-failed", "no-ready-replica"],
            requests.GetMeasurementSnapshot().Select(measurement => measurement.Tags["outcome"]));
    }
}
