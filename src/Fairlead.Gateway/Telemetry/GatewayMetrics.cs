using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What a gateway counts and measures; names and units are part of its documentation (docs/metrics.md).</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Fairlead.Gateway";

    public static readonly InstrumentAdvice<double> RequestSeconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> WaitSeconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> RoutingSeconds = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1],
    };

    private static readonly InstrumentAdvice<long> Sizes = new()
    {
        HistogramBucketBoundaries = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    };

    // Boxed once: a status is an int in the convention.
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 1000).Select(static status => (object)status)];

    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _versions;
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _bytesIn;
    private readonly Histogram<long> _bytesOut;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _coldStart;
    private readonly Histogram<double> _routing;
    private readonly Counter<long> _scalings;
    private readonly Counter<long> _logDropped;

    public GatewayMetrics(IMeterFactory factory, ServiceTable services)
    {
        var meter = factory.Create(MeterName);
        _duration = meter.CreateHistogram(
            "http.server.request.duration", "s", "Duration of requests to services.", null, RequestSeconds);
        _bytesIn = meter.CreateHistogram(
            "http.server.request.body.size", "By", "Size of request bodies, as far as they were read.", null, Sizes);
        _bytesOut = meter.CreateHistogram("http.server.response.body.size", "By", "Size of answers.", null, Sizes);
        _requests = meter.CreateCounter<long>(
            "fairlead.gateway.requests", "{request}", "Requests that have ended, by service and outcome.");
        _retries = meter.CreateCounter<long>(
            "fairlead.gateway.retries", "{retry}", "Requests sent to another replica, by service and reason.");
        _hedges = meter.CreateCounter<long>(
            "fairlead.gateway.hedges", "{request}", "Requests without an answer in time, by service and outcome of the second attempt.");
        _versions = meter.CreateCounter<long>(
            "fairlead.gateway.endpoint.requests", "{request}", "Requests to endpoints, by endpoint and version.");
        _queueWait = meter.CreateHistogram(
            "fairlead.gateway.queue.wait", "s", "Time a request waited for a free replica.", null, WaitSeconds);
        _coldStart = meter.CreateHistogram(
            "fairlead.gateway.cold_start.wait", "s", "Time a request waited that found no replica.", null, WaitSeconds);
        _routing = meter.CreateHistogram(
            "fairlead.gateway.routing.duration", "s", "Arrival to forwarding, less the wait for a replica.", null, RoutingSeconds);
        _scalings = meter.CreateCounter<long>(
            "fairlead.gateway.scalings", "{scaling}", "Changes of the number of replicas, by service and direction.");
        _logDropped = meter.CreateCounter<long>(
            "fairlead.gateway.access_log.dropped", "{line}", "Lines of the access log that were lost: its disk is too slow.");
        Gauge("fairlead.gateway.requests.in_flight", "{request}", "Requests in replicas.", static s => s.Queue.Snapshot().Leases);
        Gauge("fairlead.gateway.requests.queued", "{request}", "Requests that wait.", static s => s.Queue.Snapshot().Queued);
        Gauge(
            "fairlead.gateway.queue.bytes", "By", "What requests that wait hold in memory.",
            static s => s.Queue.Snapshot().QueuedBytes);
        Gauge(
            "fairlead.gateway.replicas", "{replica}", "Replicas that take requests.",
            static s => s.Queue.Snapshot().LiveReplicas);
        Gauge(
            "fairlead.gateway.replicas.ejected", "{replica}", "Replicas left out because they fail again and again.",
            static s => s.Queue.Snapshot().Ejected);
        Gauge(
            "fairlead.gateway.replicas.desired", "{replica}", "Replicas the compute target works towards.",
            static s => s.Snapshot.Route.DesiredReplicas);

        void Gauge<T>(string name, string unit, string description, Func<ServiceState, T> value)
            where T : struct =>
            meter.CreateObservableGauge(
                name,
                () => services.WithReplicas.Select(service => new Measurement<T>(
                    value(service), new KeyValuePair<string, object?>("service", service.Name))),
                unit,
                description);
    }

    public void Finished(RequestRecord record, int status, string outcome, TimeSpan duration)
    {
        _requests.Add(
            1,
            new KeyValuePair<string, object?>("service", record.Service), new KeyValuePair<string, object?>("outcome", outcome));
        if (_duration.Enabled)
        {
            var tags = new TagList
            {
                { "http.request.method", record.Method },
                { "http.response.status_code", Statuses[status is >= 0 and < 1000 ? status : 0] },
                { "http.route", HttpRoutes.Of(record.Path) },
                { "service", record.Service },
            };
            _duration.Record(duration.TotalSeconds, tags);
            _bytesIn.Record(record.BytesIn, tags);
            _bytesOut.Record(record.BytesOut, tags);
        }
    }

    public void Waited(string service, TimeSpan wait) =>
        _queueWait.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void ColdStarted(string service, TimeSpan wait) =>
        _coldStart.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void Routed(string service, TimeSpan duration) =>
        _routing.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("service", service));

    public void Retried(string service, string reason) => _retries.Add(
        1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("reason", reason));

    public void Hedged(string service, string outcome) => _hedges.Add(
        1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("outcome", outcome));

    public void Chosen(string endpoint, string version) => _versions.Add(
        1, new KeyValuePair<string, object?>("endpoint", endpoint), new KeyValuePair<string, object?>("version", version));

    public void Scaled(string service, string direction) => _scalings.Add(
        1, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("direction", direction));

    public void LogDropped() => _logDropped.Add(1);
}
