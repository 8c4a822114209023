using System.Diagnostics.Metrics;
using Fairlead.Gateway.Listening.Tls;

namespace Fairlead.Gateway.Telemetry;

/// <summary>What is measured of certificates.</summary>
internal sealed class TlsMetrics
{
    private readonly Counter<long> _reloads;
    private volatile CertificateSelection? _certificates;

    public TlsMetrics(IMeterFactory factory, TimeProvider time)
    {
        var meter = factory.Create(GatewayMetrics.MeterName);
        _reloads = meter.CreateCounter<long>(
            "fairlead.gateway.tls.reloads", "{reload}", "Changes of certificate files, by outcome: taken or failed.");
        meter.CreateObservableGauge(
            "fairlead.gateway.tls.certificate.remaining",
            () => (_certificates?.All ?? []).Select(certificate => new Measurement<double>(
                (certificate.NotAfter - time.GetUtcNow()).TotalSeconds,
                new KeyValuePair<string, object?>("certificate", certificate.Files.Name))),
            "s",
            "Time until a certificate expires; less than nothing when it has.");
    }

    public void Reloaded(string outcome) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>The certificates that are in use from now on.</summary>
    public void InUse(CertificateSelection certificates) => _certificates = certificates;
}
