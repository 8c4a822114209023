using System.Diagnostics.Metrics;
using Fairlead.Gateway.Listening.Tls;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What is measured of certificates.</summary>
internal sealed class TlsMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _reloads;

    public TlsMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(GatewayMetrics.MeterName);
        _reloads = _meter.CreateCounter<long>(
            "fairlead.gateway.tls.reloads", "{reload}", "Changes of certificate files, by outcome: taken or failed.");
    }

    public void Reloaded(string outcome) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Begins to show how long certificates are valid still; less than nothing when they have expired.</summary>
    public void Observe(Func<IReadOnlyList<GatewayCertificate>> certificates, TimeProvider time) => _meter.CreateObservableGauge(
        "fairlead.gateway.tls.certificate.remaining",
        () => certificates().Select(certificate => new Measurement<double>(
            (certificate.NotAfter - time.GetUtcNow()).TotalSeconds,
            new KeyValuePair<string, object?>("certificate", certificate.Files.Name))),
        "s",
        "Time until a certificate expires.");
}
