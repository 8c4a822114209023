using System.Net;
using System.Net.Http.Headers;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Administration;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Fairlead.Gateway.Tests.Splitting;

public sealed class EndpointTests
{
    [Fact]
    public async Task Requests_OfAnEndpoint_GoToItsVersionsByShare()
    {
        await using var gateway = await StartAsync("blue", "green");
        using var counted = new MetricCollector<long>(
            gateway.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), GatewayMetrics.MeterName,
            "fairlead.gateway.endpoint.requests");
        gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", 25)));

        var answers = new List<string>();
        for (var i = 0; i < 400; i++)
        {
            answers.Add(await ScoreAsync(gateway));
        }

        var green = answers.Count(answer => answer == "green");
        Assert.InRange(green, 60, 140);
        Assert.Equal(400 - green, answers.Count(answer => answer == "blue"));
        await counted.WaitForMeasurementsAsync(400, GatewayFixture.Patience);
        Assert.Equal(
            green, counted.GetMeasurementSnapshot().Count(each => Equals(each.Tags["version"], "green") && Equals(each.Tags["endpoint"], "iris")));
    }

    [Fact]
    public async Task Percentiles_ThatChangeUnderLoad_FailNoRequestAndHoldAtOnce()
    {
        await using var gateway = await StartAsync("blue", "green");
        gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", 0)));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(async _ =>
        {
            var served = 0;
            while (!stop.IsCancellationRequested)
            {
                await ScoreAsync(gateway);
                served++;
            }

            return served;
        }).ToArray();

        for (var i = 0; i < 100; i++)
        {
            gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", i % 2 == 0 ? 100 : 0.5m)));
            await ScoreAsync(gateway);
        }

        gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", 100)));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("green", await ScoreAsync(gateway));
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), served => Assert.True(served > 0));
    }

    [Fact]
    public async Task StickyHeader_KeepsEachCallerWithOneVersion()
    {
        await using var gateway = await StartAsync("blue", "green");
        gateway.Directory.Publish(Endpoint("x-user", ("blue", 0), ("green", 50)));

        var versions = new HashSet<string>();
        for (var user = 0; user < 20; user++)
        {
            var first = await ScoreAsync(gateway, $"user-{user}");
            versions.Add(first);
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(first, await ScoreAsync(gateway, $"user-{user}"));
            }
        }

        Assert.Equal(2, versions.Count);
    }

    [Fact]
    public async Task Version_ThatIsNotPublished_IsAnsweredByTheDefault()
    {
        await using var gateway = await StartAsync("blue");
        gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", 100)));

        Assert.Equal("blue", await ScoreAsync(gateway));

        gateway.Directory.Remove("iris-blue");
        using var response = await gateway.ScoreAsync();
        await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, "no-ready-replica");
    }

    [Fact]
    public async Task Version_RemovedWhileRequestsWaitForIt_AnotherAnswersThem()
    {
        await using var gateway = await StartAsync("blue");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var green = await gateway.AddReplicaAsync("green", async context =>
        {
            await release.Task.WaitAsync(GatewayFixture.Patience);
            await context.Response.WriteAsync("green");
        });
        gateway.Directory.Publish(
            TestRoutes.Route(TestRoutes.Open with { MaxQueueWaitMs = 20_000 }, green.Endpoint(1)) with { Service = "iris-green" });
        gateway.Directory.Publish(Endpoint(null, ("blue", 0), ("green", 100)));
        var answers = Enumerable.Range(0, 5).Select(_ => ScoreAsync(gateway)).ToArray();
        var queue = gateway.Services.GetRequiredService<ServiceTable>().Find("iris-green")!.Queue;
        await Expect.EventuallyAsync(() => queue.Snapshot() is { Leases: 1, Queued: 4 });

        gateway.Directory.Publish(Endpoint(null, ("blue", 0)));
        gateway.Directory.Remove("iris-green");
        await Expect.EventuallyAsync(() => answers.Count(answer => answer.IsCompleted) == 4);
        release.SetResult();

        Assert.Equal(["blue", "blue", "blue", "blue", "green"], (await Task.WhenAll(answers)).Order());
    }

    [Fact]
    public async Task Endpoint_InStatusAndGauges_IsNoServiceWithoutReplicas()
    {
        await using var gateway = await StartAsync("blue");
        gateway.Directory.Publish(Endpoint(null, ("blue", 0)));
        using var gauge = new MetricCollector<int>(
            gateway.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), GatewayMetrics.MeterName, "fairlead.gateway.replicas");

        gauge.RecordObservableInstruments();

        Assert.Equal(["iris-blue"], gauge.GetMeasurementSnapshot().Select(each => each.Tags["service"]));
        var status = gateway.Services.GetRequiredService<GatewayStatus>().Describe();
        Assert.Equal(["iris-blue"], status.Services.Select(service => service.Name));
    }

    [Fact]
    public async Task Key_OfTheEndpoint_OpensItAndStaysWithTheGateway()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        string? seen = null;
        var replica = await gateway.AddReplicaAsync("r1", context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            return Task.CompletedTask;
        });
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, replica.Endpoint()) with { Service = "iris-blue" });
        var endpoint = Endpoint(null, ("blue", 0));
        gateway.Directory.Publish(endpoint with { Spec = endpoint.Spec with { AuthEnabled = true } });

        using var refused = await gateway.ScoreAsync();
        gateway.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestRoutes.PrimaryKey);
        using var answered = await gateway.ScoreAsync();

        await Expect.OwnAnswerAsync(refused, HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal("", seen);
    }

    private static async Task<GatewayFixture> StartAsync(params string[] versions)
    {
        var gateway = await GatewayFixture.StartAsync();
        foreach (var version in versions)
        {
            var replica = await gateway.AddReplicaAsync(version, context => context.Response.WriteAsync(version));
            gateway.Directory.Publish(
                TestRoutes.Route(TestRoutes.Open, replica.Endpoint(16)) with { Service = "iris-" + version });
        }

        return gateway;
    }

    private static ServiceRoute Endpoint(string? sticky, params (string Name, decimal Share)[] versions) =>
        TestRoutes.Route(TestRoutes.Open) with
        {
            Traffic = new TrafficSplit
            {
                Versions = [.. versions.Select(version => new VersionShare(version.Name, "iris-" + version.Name, version.Share))],
                DefaultVersion = versions[0].Name,
                StickyHeader = sticky,
            },
        };

    private static async Task<string> ScoreAsync(GatewayFixture gateway, string? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score") { Content = new StringContent("{}") };
        if (user is not null)
        {
            request.Headers.Add("x-user", user);
        }

        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
