using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Fairlead.Host.Tests.Telemetry;

/// <summary>A collector that takes OTLP in both of its forms and keeps what tests ask for.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentBag<OtlpSpan> Spans { get; } = [];

    public ConcurrentDictionary<string, bool> Metrics { get; } = [];

    public Uri Address => new(_app.Urls.First());

    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = body.ToArray();
        var path = context.Request.Path.Value!;
        var isGrpc = context.Request.ContentType == "application/grpc";
        if (isGrpc)
        {
            // A byte for compression, four for the length.
            message = message[5..];
        }

        if (path is "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        {
            foreach (var span in Protobuf.Messages(message, 1, 2, 2))
            {
                Spans.Add(new OtlpSpan(
                    Convert.ToHexStringLower(Protobuf.Messages(span, 1).First()),
                    Convert.ToHexStringLower(Protobuf.Messages(span, 2).First()),
                    Convert.ToHexStringLower(Protobuf.Messages(span, 4).FirstOrDefault([])),
                    System.Text.Encoding.UTF8.GetString(Protobuf.Messages(span, 5).First())));
            }
        }
        else if (path is "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
        {
            foreach (var name in Protobuf.Messages(message, 1, 2, 2, 1))
            {
                Metrics[System.Text.Encoding.UTF8.GetString(name)] = true;
            }
        }

        context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (isGrpc)
        {
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}

/// <summary>What tests want to know of a span.</summary>
internal sealed record OtlpSpan(string TraceId, string SpanId, string ParentId, string Name);
