using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Fairlead.Host.Tests.Telemetry;

/// <summary>A gateway process with a collector and a reader of <c>/metrics</c>.</summary>
public sealed partial class TelemetryExportTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-telemetry-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("grpc", HttpProtocols.Http2)]
    [InlineData("http/protobuf", HttpProtocols.Http1)]
    public async Task Collector_GetsMetricsAndTheTraceOfAClient(string protocol, HttpProtocols http)
    {
        await using var collector = await OtlpReceiver.StartAsync(http);
        string? received = null;
        await using var replica = await ReplicaAsync(context => received = context.Request.Headers.TraceParent);
        using var gateway = await GatewayProcess.StartAsync(_folder, replica.Urls.First(), new()
        {
            ["FAIRLEAD_Telemetry__OtlpEndpoint"] = collector.Address.ToString(),
            ["FAIRLEAD_Telemetry__OtlpProtocol"] = protocol,
            ["FAIRLEAD_Telemetry__OtlpInterval"] = "00:00:00.2",
        });
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var caller = ActivitySpanId.CreateRandom().ToHexString();

        await ScoreAsync(gateway, $"00-{trace}-{caller}-01");

        await EventuallyAsync(() => collector.Spans.Count >= 3 && collector.Metrics.ContainsKey("fairlead.gateway.requests"));
        Assert.All(collector.Spans, span => Assert.Equal(trace, span.TraceId));
        var request = Assert.Single(collector.Spans, span => span.ParentId == caller);
        Assert.Equal("POST /api/v1/service/{service}/score", request.Name);
        Assert.Equal(
            ["POST", "lease"],
            collector.Spans.Where(span => span.ParentId == request.SpanId).Select(span => span.Name).Order(StringComparer.Ordinal));
        var forward = collector.Spans.Single(span => span.Name == "POST");
        Assert.Equal($"00-{trace}-{forward.SpanId}-01", received);
        Assert.Contains("http.server.request.duration", collector.Metrics.Keys);
    }

    [Fact]
    public async Task Prometheus_ReadsTheDocumentedNames()
    {
        await using var replica = await ReplicaAsync(_ => { });
        using var gateway = await GatewayProcess.StartAsync(
            _folder, replica.Urls.First(), new() { ["FAIRLEAD_Telemetry__PrometheusPort"] = "0" });
        await ScoreAsync(gateway, null);
        using var client = new HttpClient { Timeout = Patience };

        var text = "";
        await EventuallyAsync(() =>
        {
            text = client.GetStringAsync(gateway.Metrics).GetAwaiter().GetResult();
            return text.Contains("fairlead_gateway_requests_total", StringComparison.Ordinal);
        });

        var samples = Sample().Matches(text).Select(match => (Name: match.Groups[1].Value, Labels: match.Groups[2].Value, Value: match.Groups[3].Value)).ToList();
        var ours = samples.Where(sample => sample.Name.StartsWith("fairlead_", StringComparison.Ordinal)
            || sample.Name.StartsWith("http_server_", StringComparison.Ordinal)).ToList();
        var known = DocumentedMetric.All.SelectMany(metric => metric.Series).ToHashSet();
        Assert.All(ours, sample => Assert.Contains(sample.Name, known));
        var requests = Assert.Single(ours, sample => sample.Name == "fairlead_gateway_requests_total");
        Assert.Equal("1", requests.Value);
        Assert.Contains("service=\"iris\"", requests.Labels, StringComparison.Ordinal);
        Assert.Contains("outcome=\"answered\"", requests.Labels, StringComparison.Ordinal);
        Assert.Contains(ours, sample => sample.Name == "http_server_request_duration_seconds_count"
            && sample.Labels.Contains("http_response_status_code=\"200\"", StringComparison.Ordinal) && sample.Value == "1");
    }

    [Theory]
    [InlineData("FAIRLEAD_Telemetry__PrometheusPort", "70000", "PrometheusPort")]
    [InlineData("FAIRLEAD_Telemetry__PrometheusAddress", "nowhere", "Telemetry:PrometheusAddress is 'nowhere'")]
    [InlineData("FAIRLEAD_Telemetry__OtlpProtocol", "carrier-pigeon", "OtlpProtocol")]
    [InlineData("FAIRLEAD_Telemetry__OtlpEndpoint", "ftp://x", "Telemetry:OtlpEndpoint is 'ftp://x/'")]
    public async Task Settings_ThatAreWrong_StopTheStart(string name, string value, string message)
    {
        var (code, error) = await GatewayProcess.FailAsync(_folder, new() { [name] = value });

        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> ReplicaAsync(Action<HttpContext> seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var replica = builder.Build();
        replica.Run(context =>
        {
            seen(context);
            return context.Response.WriteAsync("[1]");
        });
        await replica.StartAsync();
        return replica;
    }

    private static async Task ScoreAsync(GatewayProcess gateway, string? traceParent)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/api/v1/service/iris/score"))
        {
            Content = new StringContent("{}"),
        };
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using var response = await client.SendAsync(request);
        Assert.Equal("[1]", await response.Content.ReadAsStringAsync());
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    [GeneratedRegex("^([a-zA-Z_:]+)(?:\\{((?:[^\"}]|\"[^\"]*\")*)\\})? (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
