using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Fairlead.Gateway.Tests.Shadowing;

/// <summary>Copies of an endpoint's requests for versions whose answers nobody gets.</summary>
public sealed class ShadowTrafficTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Version, string Body, string Path, string? Shadow, string? Key)> _seen = new();
    private GatewayFixture _gateway = null!;
    private MetricCollector<long> _outcomes = null!;
    private MetricCollector<double> _durations = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayFixture.StartAsync(static options => options.ReplayBodyBytes = 1000);
        var meters = _gateway.Services.GetRequiredService<IMeterFactory>();
        _outcomes = new MetricCollector<long>(meters, GatewayMetrics.MeterName, "fairlead.gateway.shadow.requests");
        _durations = new MetricCollector<double>(meters, GatewayMetrics.MeterName, "fairlead.gateway.shadow.duration");
    }

    public async ValueTask DisposeAsync()
    {
        _outcomes.Dispose();
        _durations.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Shadow_GetsTheSameRequest_AndItsAnswerGoesNowhere()
    {
        await StartAsync("blue", static _ => "same");
        await StartAsync("green", static _ => "same");
        Publish(100);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score?x=1") { Content = new StringContent("{\"a\":1}") };
        request.Headers.Authorization = new("Bearer", TestRoutes.PrimaryKey);
        using var answer = await _gateway.Client.SendAsync(request);

        Assert.Equal("same", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["same"], await OutcomesAsync(1));
        Assert.Equal(
            [("blue", "{\"a\":1}", "/score?x=1", null, null), ("green", "{\"a\":1}", "/score?x=1", "green", null)],
            _seen.OrderBy(static one => one.Version, StringComparer.Ordinal));
        var measured = Assert.Single(_outcomes.GetMeasurementSnapshot()).Tags;
        Assert.Equal(("iris", "green"), (measured["endpoint"], measured["version"]));
        Assert.Single(_durations.GetMeasurementSnapshot());
        Assert.Equal(0, Find("iris-green").Queue.Snapshot().Leases);
    }

    [Fact]
    public async Task Answers_ThatDiffer_AreTold()
    {
        var mode = "body";
        await StartAsync("blue", static _ => "blue");
        await StartAsync("green", context =>
        {
            switch (mode)
            {
                case "status":
                    context.Response.StatusCode = 418;
                    return "blue";
                case "broken":
                    context.Abort();
                    return "";
                default:
                    return "green";
            }
        });
        Publish(100);
        await ScoreAsync("blue", "{}");
        await OutcomesAsync(1);
        mode = "status";
        await ScoreAsync("blue", "{}");
        await OutcomesAsync(2);
        mode = "broken";
        await ScoreAsync("blue", "{}");

        Assert.Equal(["different-body", "different-status", "failed"], await OutcomesAsync(3));
    }

    [Fact]
    public async Task Models_ThatBothFail_AreTheSame()
    {
        await StartAsync("blue", Fail);
        await StartAsync("green", Fail);
        Publish(100);

        using var answer = await ScoreAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(["same"], await OutcomesAsync(1));

        static string Fail(HttpContext context)
        {
            context.Response.StatusCode = 500;
            return "no";
        }
    }

    [Fact]
    public async Task Share_OfRequests_IsCopied()
    {
        await StartAsync("blue", static _ => "same");
        await StartAsync("green", static _ => "same");
        Publish(25);

        for (var i = 0; i < 400; i++)
        {
            await ScoreAsync("same", "{}");
        }

        Publish(0);
        await Expect.EventuallyAsync(() => Find("iris-green").Queue.Snapshot() is { Leases: 0, Queued: 0 });
        Assert.InRange(_seen.Count(static one => one.Version == "green"), 60, 140);
        Assert.Equal(400, _seen.Count(static one => one.Version == "blue"));
    }

    [Fact]
    public async Task Bodies_ThatAreNotHeld_AreSkipped()
    {
        await StartAsync("blue", static _ => "same");
        await StartAsync("green", static _ => "same");
        Publish(100);

        await ScoreAsync("same", new string('x', 1001));

        Assert.Equal(["skipped"], await OutcomesAsync(1));
        Assert.DoesNotContain(_seen, static one => one.Version == "green");
    }

    [Fact]
    public async Task Shadow_WithoutReplicas_CostsCallersNothing()
    {
        await StartAsync("blue", static _ => "blue");
        _gateway.Directory.Publish(Service("green") with { DesiredReplicas = 0 });
        Publish(100);

        for (var i = 0; i < 5; i++)
        {
            await ScoreAsync("blue", "{}");
        }

        Assert.All(await OutcomesAsync(5), static outcome => Assert.Equal("dropped", outcome));
    }

    [Fact]
    public async Task Shadow_ThatIsSlow_HoldsNobodyUp()
    {
        var let = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync("blue", static _ => "blue");
        var replica = await _gateway.AddReplicaAsync("green", _ => let.Task);
        _gateway.Directory.Publish(Service("green", replica.Endpoint()));
        Publish(100);

        for (var i = 0; i < 5; i++)
        {
            await ScoreAsync("blue", "{}");
        }

        await Expect.EventuallyAsync(() => Find("iris-green").Queue.Snapshot() is { Leases: 1, Queued: 4 });
        let.SetResult();
        Assert.All(await OutcomesAsync(5), static outcome => Assert.Equal("different-body", outcome));
    }

    private ServiceState Find(string service) => _gateway.Services.GetRequiredService<ServiceTable>().Find(service)!;

    private async Task StartAsync(string version, Func<HttpContext, string> answer)
    {
        var replica = await _gateway.AddReplicaAsync(version, async context =>
        {
            var request = context.Request;
            var body = await new StreamReader(request.Body).ReadToEndAsync();
            _seen.Enqueue((
                version, body, request.Path + request.QueryString, (string?)request.Headers["x-fairlead-shadow"], (string?)request.Headers.Authorization));
            await context.Response.WriteAsync(answer(context));
        });
        _gateway.Directory.Publish(Service(version, replica.Endpoint()));
    }

    private static ServiceRoute Service(string version, params ReplicaEndpoint[] replicas) =>
        TestRoutes.Route(TestRoutes.Open, replicas) with { Service = "iris-" + version };

    private void Publish(decimal shadow) => _gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open with { AuthEnabled = true }) with
    {
        Traffic = new TrafficSplit
        {
            DefaultVersion = "blue",
            Versions = [new("blue", "iris-blue", 0), new("green", "iris-green", 0, ShadowPercentile: shadow)],
        },
    });

    private Task<HttpResponseMessage> ScoreAsync(string body = "{}")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score") { Content = new StringContent(body) };
        request.Headers.Authorization = new("Bearer", TestRoutes.PrimaryKey);
        return _gateway.Client.SendAsync(request);
    }

    private async Task ScoreAsync(string expected, string body)
    {
        using var answer = await ScoreAsync(body);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    private async Task<List<string>> OutcomesAsync(int count)
    {
        await _outcomes.WaitForMeasurementsAsync(count, GatewayFixture.Patience);
        return [.. _outcomes.GetMeasurementSnapshot().Select(static one => (string)one.Tags["outcome"]!)];
    }
}
