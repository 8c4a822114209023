using System.Net;
using System.Net.Sockets;
using Fairlead.Host.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fairlead.Host.Telemetry;

/// <summary>Brings the metrics and traces of all roles in this process to where the settings say, until it is disposed. Without
/// such settings nothing is collected, and it costs nothing.</summary>
internal sealed class TelemetryExport : IAsyncDisposable
{
    /// <summary>All meters of ours, and those of .NET that cost nothing a request.</summary>
    private static readonly string[] Meters = ["Fairlead.*", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly MeterProvider? _meters;
    private readonly TracerProvider? _tracers;
    private readonly WebApplication? _prometheus;
    private readonly Uri? _prometheusAddress;

    private TelemetryExport(MeterProvider? meters, TracerProvider? tracers, WebApplication? prometheus = null, Uri? prometheusAddress = null)
    {
        _meters = meters;
        _tracers = tracers;
        _prometheus = prometheus;
        _prometheusAddress = prometheusAddress;
    }

    /// <param name="role">For <c>service.name</c>, after <c>fairlead-</c>.</param>
    /// <param name="configuration">Holds the section <c>Telemetry</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    /// <exception cref="StartupException">The port is in use.</exception>
    public static async Task<TelemetryExport> StartAsync(
        string role, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var options = Read(configuration);
        if (options is { PrometheusPort: null, OtlpEndpoint: null })
        {
            return new TelemetryExport(null, null);
        }

        var meters = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Meters);
        TracerProvider? tracers = null;
        if (options.OtlpEndpoint is not null)
        {
            meters.AddOtlpExporter((exporter, reader) =>
            {
                Set(exporter, options, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
            });

            // What is sampled is the gateway's decision; all it makes is sent.
            tracers = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource("Fairlead.*")
                .SetSampler(new AlwaysOnSampler()).AddOtlpExporter(exporter => Set(exporter, options, "v1/traces")).Build();
        }

        if (options.PrometheusPort is null)
        {
            return new TelemetryExport(meters.Build(), tracers);
        }

        var provider = meters.AddPrometheusExporter().Build();
        var app = Prometheus(options, provider);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException { InnerException: AddressInUseException } or SocketException)
        {
            throw new StartupException(
                ExitCodes.PortInUse,
                $"Telemetry:PrometheusPort {options.PrometheusPort} of {options.PrometheusAddress} cannot be listened on: {exception.Message}",
                exception);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new TelemetryExport(provider, tracers, app, new Uri(new Uri(address), "/metrics"));

        void Describe(ResourceBuilder resource) => resource.AddService(
            "fairlead-" + role, "fairlead", typeof(TelemetryExport).Assembly.GetName().Version?.ToString());
    }

    /// <summary>Says where Prometheus reads, if it does.</summary>
    public async Task TellAsync(TextWriter output)
    {
        if (_prometheusAddress is not null)
        {
            await output.WriteLineAsync($"metrics    {_prometheusAddress}");
        }
    }

    /// <summary>Sends what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.StopAsync(CancellationToken.None);
            await _prometheus.DisposeAsync();
        }

        _tracers?.Dispose();
        _meters?.Dispose();
    }

    private static TelemetryOptions Read(IConfiguration configuration)
    {
        var options = new TelemetryOptions();
        configuration.GetSection(TelemetryOptions.SectionName).Bind(options);
        var failures = new List<string>();
        if (new TelemetryOptionsValidator().Validate(TelemetryOptions.SectionName, options) is { Failed: true } failed)
        {
            failures.AddRange(failed.Failures);
        }

        if (!IPAddress.TryParse(options.PrometheusAddress, out _))
        {
            failures.Add($"Telemetry:PrometheusAddress is '{options.PrometheusAddress}'; allowed is an IP address.");
        }

        if (options.OtlpEndpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
        {
            failures.Add($"Telemetry:OtlpEndpoint is '{endpoint}'; allowed is http://<host>:<port> or https://<host>:<port>.");
        }

        return failures.Count == 0
            ? options
            : throw new OptionsValidationException(TelemetryOptions.SectionName, typeof(TelemetryOptions), failures);
    }

    private static void Set(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        var isHttp = options.OtlpProtocol != "grpc";
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;

        // Set in code, an address is taken as it is.
        exporter.Endpoint = isHttp
            ? new Uri(new Uri(options.OtlpEndpoint!.AbsoluteUri.TrimEnd('/') + "/"), path)
            : options.OtlpEndpoint!;
        if (options.OtlpHeaders is not null)
        {
            exporter.Headers = options.OtlpHeaders;
        }
    }

    private static WebApplication Prometheus(TelemetryOptions options, MeterProvider meters)
    {
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Parse(options.PrometheusAddress), options.PrometheusPort!.Value));
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, null, null, null);
        return app;
    }
}
