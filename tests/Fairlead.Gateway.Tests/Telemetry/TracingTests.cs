using System.Collections.Concurrent;
using System.Diagnostics;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Telemetry;

public sealed class TracingTests
{
    private static readonly string Trace = ActivityTraceId.CreateRandom().ToHexString();
    private static readonly string RequestId = Guid.NewGuid().ToString();
    private static readonly string Caller = ActivitySpanId.CreateRandom().ToHexString();

    [Fact]
    public async Task Sampled_SpansReachFromClientToReplica()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);
        string? received = null;
        string? state = null;
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            received = context.Request.Headers.TraceParent;
            state = context.Request.Headers.TraceState;
            return Task.CompletedTask;
        });

        await SendAsync(gateway, $"00-{Trace}-{Caller}-01");

        var server = await SpanAsync(spans, "POST /api/v1/service/{service}/score");
        var lease = Assert.Single(spans, span => span.OperationName == "lease");
        var forward = Assert.Single(spans, span => span.Kind == ActivityKind.Client);
        Assert.Equal(Caller, server.ParentSpanId.ToHexString());
        Assert.All(spans, span => Assert.Equal(Trace, span.TraceId.ToHexString()));
        Assert.Equal(server.SpanId, lease.ParentSpanId);
        Assert.Equal(server.SpanId, forward.ParentSpanId);
        Assert.Equal(forward.Id, received);
        Assert.Equal("vendor=1", state);
        Assert.Equal(200, server.GetTagItem("http.response.status_code"));
        Assert.Equal("r1", forward.GetTagItem("fairlead.replica"));
    }

    [Theory]
    [InlineData("00-{0}-{1}-00", true)]
    [InlineData("00-{0}-{1}-0x", true)]
    [InlineData(null, false)]
    public async Task NotSampled_HeadersGoOnAndNoSpanIsMade(string? traceParent, bool goesOn)
    {
        var sent = traceParent?.Replace("{0}", Trace, StringComparison.Ordinal).Replace("{1}", Caller, StringComparison.Ordinal);
        var spans = new ConcurrentBag<Activity>();
        using var listener = Listen(spans);
        string? received = null;
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context =>
            {
                received = context.Request.Headers.TraceParent;
                return Task.CompletedTask;
            },
            configure: options => options.TraceSampleRatio = 0);

        await SendAsync(gateway, sent);

        // The record of a request ends after its answer has gone.
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
        Assert.Equal(goesOn ? sent : null, received);
        Assert.Empty(spans);
    }

    private static async Task SendAsync(GatewayFixture gateway, string? traceParent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score") { Content = new StringContent("{}") };
        request.Headers.Add("x-request-id", RequestId);
        if (traceParent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
            request.Headers.TryAddWithoutValidation("tracestate", "vendor=1");
        }

        // A client that adds no header of its own.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = gateway.Client.BaseAddress,
            Timeout = GatewayFixture.Patience,
        };
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
    }

    // Other tests run beside this one: only spans of its trace count, or those that would be made by a client without one.
    private static ActivityListener Listen(ConcurrentBag<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GatewayTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId.ToHexString() == Trace || Equals(span.GetTagItem("fairlead.request.id"), RequestId))
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static async Task<Activity> SpanAsync(ConcurrentBag<Activity> spans, string name)
    {
        await Expect.EventuallyAsync(() => spans.Any(span => span.OperationName == name));
        return spans.First(span => span.OperationName == name);
    }
}
