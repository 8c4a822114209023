using System.Diagnostics.Metrics;
using Fairlead.Contracts.Api;

namespace Fairlead.Workspace.Operations;

/// <summary>Measures operations; names and units are part of docs/metrics.md.</summary>
internal sealed class OperationMetrics
{
    private readonly Histogram<double> _duration;

    public OperationMetrics(IMeterFactory factory) => _duration = factory.Create("Fairlead.Workspace").CreateHistogram(
        "fairlead.workspace.operation.duration",
        "s",
        "From the request to the end of an operation, by its type and final state.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200] });

    public void Ended(string operation, OperationState state, TimeSpan duration) => _duration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("state", state.ToString()));
}
