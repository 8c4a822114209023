using System.Diagnostics.Metrics;
using Fairlead.Gateway.Telemetry;

namespace Fairlead.Gateway.Shadowing;

/// <summary>Counts copies of requests and how their answers compare (docs/metrics.md).</summary>
internal sealed class ShadowMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;

    public ShadowMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(GatewayMetrics.MeterName);
        _requests = meter.CreateCounter<long>(
            "fairlead.gateway.shadow.requests", "{request}", "Requests for shadow versions, by endpoint, version and outcome.");
        _duration = meter.CreateHistogram(
            "fairlead.gateway.shadow.duration", "s", "Time that shadow versions took to answer.", null, GatewayMetrics.RequestSeconds);
    }

    public void Ended(string endpoint, string version, string outcome) => _requests.Add(
        1,
        new KeyValuePair<string, object?>("endpoint", endpoint), new KeyValuePair<string, object?>("version", version),
        new KeyValuePair<string, object?>("outcome", outcome));

    public void Answered(string endpoint, string version, TimeSpan duration) => _duration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("endpoint", endpoint), new KeyValuePair<string, object?>("version", version));
}
