using System.Diagnostics.Metrics;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What a gateway counts. Names and tags are public: <c>docs/gateway.md</c> lists them, a test pins them.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Fairlead.Gateway";

    private readonly Meter _meter;
    private readonly Histogram<double> _requestDuration;
    private readonly Histogram<double> _routingDuration;
    private readonly Histogram<double> _queueWait;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _scaled;

    public GatewayMetrics(IMeterFactory factory, RouteTable routes)
    {
        _meter = factory.Create(MeterName);
        _requestDuration = _meter.CreateHistogram<double>(
            "fairlead.gateway.request.duration", "s", "Arrival of a request to the end of its answer.");
        _routingDuration = _meter.CreateHistogram<double>(
            "fairlead.gateway.routing.duration", "s", "Arrival to forwarding, less reading the body and waiting for a replica.");
        _queueWait = _meter.CreateHistogram<double>(
            "fairlead.gateway.queue.wait", "s", "Wait for a replica.");
        _retries = _meter.CreateCounter<long>(
            "fairlead.gateway.retries", "{attempt}", "Requests sent to another replica since one did not take them.");
        _scaled = _meter.CreateCounter<long>(
            "fairlead.gateway.scalings", "{scaling}", "Changes of the number of replicas.");
        Gauge("fairlead.gateway.queue.length", "{request}", "Requests that wait for a replica.", load => load.Queued);
        Gauge("fairlead.gateway.requests.active", "{request}", "Requests in replicas.", load => load.Busy);
        Gauge("fairlead.gateway.replicas.ready", "{replica}", "Replicas that may get requests.", load => load.Ready);

        void Gauge(string name, string unit, string description, Func<ServiceLoad, int> value) =>
            _meter.CreateObservableGauge(name, () => Measure(routes, value), unit, description);
    }

    /// <param name="service">Empty when there is no such service, so that callers cannot invent tags.</param>
    /// <param name="reason">Of the gateway's own answer; empty when a replica answered.</param>
    public void Answered(string service, int status, string reason, TimeSpan elapsed) => _requestDuration.Record(
        elapsed.TotalSeconds, new("service", service), new("status", status), new("reason", reason));

    public void Routed(string service, TimeSpan elapsed) =>
        _routingDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void Waited(string service, LeaseOutcome outcome, TimeSpan elapsed) => _queueWait.Record(
        elapsed.TotalSeconds, new("service", service), new("outcome", OutcomeName(outcome)));

    public void Retried(string service, string reason) => _retries.Add(1, new("service", service), new("reason", reason));

    public void Scaled(string service, string direction) =>
        _scaled.Add(1, new("service", service), new("direction", direction));

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Measure(RouteTable routes, Func<ServiceLoad, int> value)
    {
        foreach (var entry in routes.Services)
        {
            yield return new(value(entry.Queue.Load), new KeyValuePair<string, object?>("service", entry.Name));
        }
    }

    private static string OutcomeName(LeaseOutcome outcome) => outcome switch
    {
        LeaseOutcome.Granted => "granted",
        LeaseOutcome.QueueFull => "queue-full",
        LeaseOutcome.TimedOut => "queue-timeout",
        LeaseOutcome.NoReplicas => "no-replicas",
        LeaseOutcome.Removed => "removed",
        LeaseOutcome.Cancelled => "cancelled",
    };
}
