using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway;
using Fairlead.LocalCompute;
using Fairlead.Workspace;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Host.Tests.Telemetry;

/// <summary>Holds docs/metrics.md and the dashboard to the instruments there are.</summary>
public sealed partial class MetricsDocumentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-metrics-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Instruments_AreTheDocumentedOnes()
    {
        var seen = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Fairlead.", StringComparison.Ordinal))
                {
                    seen[$"{instrument.Name} {Kind(instrument)} {instrument.Unit}"] = true;
                }
            },
        };
        listener.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddLocalCompute(options =>
        {
            options.DataDirectory = _folder;
            options.ScoringHostPath = "/bin/true";
            options.DefaultPython = "python3";
            options.GatewayUrl = "http://127.0.0.1:1";
        });
        builder.Services.AddFairleadWorkspace(options => options.DataDirectory = _folder);
        builder.Services.AddFairleadGateway(_ => { });
        await using var app = builder.Build();

        // Made, not started: instruments belong to what the host runs.
        _ = app.Services.GetServices<IHostedService>().Count();
        app.UseFairleadGateway();
        _ = ((IApplicationBuilder)app).Build();

        Assert.NotNull(app.Services.GetService<IServiceDirectory>());
        Assert.Equal(
            DocumentedMetric.All.Select(metric => $"{metric.Instrument} {metric.Kind} {metric.Unit}").Order(StringComparer.Ordinal),
            seen.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dashboard_AsksForMetricsThatExist()
    {
        var dashboard = File.ReadAllText(DocumentedMetric.PathOf("deploy", "grafana", "fairlead.json"));
        var known = DocumentedMetric.All.SelectMany(static metric => metric.Series).ToHashSet();

        var asked = MetricName().Matches(dashboard).Select(static match => match.Value).Distinct().ToList();

        Assert.True(asked.Count > 10);
        Assert.All(asked, name => Assert.Contains(name, known));
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "ObservableGauge" => "gauge",
        var name => name.ToLowerInvariant(),
    };

    [GeneratedRegex("(fairlead|http_server)_[a-z_]+")]
    private static partial Regex MetricName();
}
