using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Fairlead.Host.Telemetry;

/// <summary>Where metrics and traces of this process go.</summary>
public sealed class TelemetryOptions
{
    public const string SectionName = "Telemetry";

    /// <summary>Port of <c>/metrics</c>, which Prometheus reads; 0 for any free one. Default null: closed. It asks for no
    /// credentials and shows names of services.</summary>
    [Range(0, 65535)]
    public int? PrometheusPort { get; set; }

    /// <summary>Address it listens on: an IP address. Default <c>127.0.0.1</c>.</summary>
    [Required]
    public string PrometheusAddress { get; set; } = "127.0.0.1";

    /// <summary>Base address of a collector that takes OTLP, for example <c>http://127.0.0.1:4317</c>. Default null: none.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary><c>grpc</c> (port 4317 by custom) or <c>http/protobuf</c> (4318). Default <c>grpc</c>.</summary>
    [AllowedValues("grpc", "http/protobuf")]
    public string OtlpProtocol { get; set; } = "grpc";

    /// <summary>Headers for the collector, <c>name=value</c> with commas between. Default none.</summary>
    public string? OtlpHeaders { get; set; }

    /// <summary>Time between two exports of metrics. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan OtlpInterval { get; set; } = TimeSpan.FromSeconds(60);
}

/// <summary>Checks the ranges; generated.</summary>
[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
