using System.Diagnostics.Metrics;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What a gateway counts and measures; names and units are part of its documentation.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Fairlead.Gateway";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _routing;
    private readonly Counter<long> _scalings;

    public GatewayMetrics(IMeterFactory factory, ServiceTable services)
    {
        var meter = factory.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "fairlead.gateway.requests", "{request}", "Requests that have ended, by service and outcome.");
        _queueWait = meter.CreateHistogram<double>(
            "fairlead.gateway.queue.wait", "s", "Time a request waited for a free replica.");
        _routing = meter.CreateHistogram<double>(
            "fairlead.gateway.routing.duration", "s", "Arrival to forwarding, less the wait for a replica.");
        _scalings = meter.CreateCounter<long>(
            "fairlead.gateway.scalings", "{scaling}", "Changes of the number of replicas, by service and direction.");
        Gauge("fairlead.gateway.requests.in_flight", "{request}", "Requests in replicas.", static s => s.Leases);
        Gauge("fairlead.gateway.requests.queued", "{request}", "Requests that wait.", static s => s.Queued);
        Gauge("fairlead.gateway.replicas", "{replica}", "Replicas that take requests.", static s => s.LiveReplicas);

        void Gauge(string name, string unit, string description, Func<QueueSnapshot, int> value) =>
            meter.CreateObservableGauge(
                name,
                () => services.All.Select(service => new Measurement<int>(
                    value(service.Queue.Snapshot()), new KeyValuePair<string, object?>("service", service.Name))),
                unit,
                description);
    }

    public void Finished(string service, string outcome) => _requests.Add(
        1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("outcome", outcome));

    public void Waited(string service, TimeSpan wait) =>
        _queueWait.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void Routed(string service, TimeSpan duration) =>
        _routing.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void Scaled(string service, string direction) => _scalings.Add(
        1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("direction", direction));
}
