using System.Diagnostics.Metrics;
using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>Measures the starts of replicas, as they are published (docs/metrics.md).</summary>
internal sealed class ReplicaStartMetrics
{
    private static readonly InstrumentAdvice<double> StartSeconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200],
    };

    private readonly Histogram<double> _phases;

    public ReplicaStartMetrics(IMeterFactory factory) => _phases = factory.Create(GatewayMetrics.MeterName).CreateHistogram(
        "fairlead.gateway.replica.start", "s", "Phases of the start of a replica.", null, StartSeconds);

    /// <summary>A replica has come.</summary>
    public void Started(string service, ReplicaStart start)
    {
        foreach (var (name, duration) in ColdStart.Phases(start))
        {
            _phases.Record(
                duration.TotalSeconds,
                new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("phase", name));
        }
    }
}
