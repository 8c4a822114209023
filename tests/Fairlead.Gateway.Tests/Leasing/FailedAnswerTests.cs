using System.Net;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Leasing;

/// <summary>A replica whose answers fail while those of the others do not is ejected. Bad input fails everywhere.</summary>
public sealed class FailedAnswerTests
{
    private static readonly QueueSettings Settings = QueueHarness.Settings with
    {
        LongestEjection = TimeSpan.FromSeconds(30),
        EjectAfterFailedAnswers = 5,
    };

    [Fact]
    public async Task Replica_WhoseAnswersFailWhileOthersAreGood_IsLeftOut()
    {
        using var harness = new QueueHarness(Settings, TestRoutes.Endpoint("bad"), TestRoutes.Endpoint("good"));
        await PlayAsync(harness, 12, static replica => replica == "bad");

        Assert.Equal("backing-off", StateOf(harness, "bad"));
        Assert.Equal("ready", StateOf(harness, "good"));

        // Each failed answer after its return is a failure more, and a good one ends that.
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        await PlayAsync(harness, 2, static replica => replica == "bad");
        Assert.Equal("ejected", StateOf(harness, "bad"));
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        await PlayAsync(harness, 2, static _ => false);
        await PlayAsync(harness, 8, static replica => replica == "bad");
        Assert.Equal("ready", StateOf(harness, "bad"));
    }

    [Fact]
    public async Task Replicas_ThatAllFail_AllStay()
    {
        using var harness = new QueueHarness(Settings, [.. Enumerable.Range(0, 4).Select(static i => TestRoutes.Endpoint("r" + i))]);
        await PlayAsync(harness, 100, static _ => true);

        Assert.All(harness.Queue.DescribeReplicas(), static replica => Assert.Equal("ready", replica.State));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.2)]
    public async Task Requests_ThatFailOnAnyReplica_LeaveTheReplicasIn(double share)
    {
        using var harness = new QueueHarness(Settings, [.. Enumerable.Range(0, 4).Select(static i => TestRoutes.Endpoint("r" + i))]);
        var random = new Random(1);
        var away = 0;
        for (var i = 0; i < 10_000; i++)
        {
            await PlayAsync(harness, 1, _ => random.NextDouble() < share);
            away += harness.Queue.DescribeReplicas().Any(static replica => replica.State != "ready") ? 1 : 0;
            harness.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(away, 0, 200);
    }

    [Fact]
    public async Task OnlyReplica_IsNeverLeftOut()
    {
        using var harness = new QueueHarness(Settings, TestRoutes.Endpoint("only"));
        await PlayAsync(harness, 20, static _ => true);

        Assert.Equal("ready", StateOf(harness, "only"));
    }

    [Fact]
    public async Task WithoutTheRule_FailedAnswersCountForNothing()
    {
        using var harness = new QueueHarness(
            Settings with { EjectAfterFailedAnswers = 0 }, TestRoutes.Endpoint("bad"), TestRoutes.Endpoint("good"));
        await PlayAsync(harness, 40, static replica => replica == "bad");

        Assert.Equal("ready", StateOf(harness, "bad"));
    }

    [Theory]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status503ServiceUnavailable)]
    public async Task Gateway_WithReplicaThatFailsFast_SendsItLittle(int status)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var seenByBad = 0;
        var bad = await gateway.AddReplicaAsync("bad", context =>
        {
            Interlocked.Increment(ref seenByBad);
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var good = await gateway.AddReplicaAsync("good", static _ => Task.Delay(5));
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, bad.Endpoint(), good.Endpoint()));

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 60; i++)
        {
            using var answer = await gateway.ScoreAsync();
            answers.Add(answer.StatusCode);
        }

        Assert.InRange(seenByBad, 5, 15);
        Assert.Equal(60 - seenByBad, answers.Count(static code => code == HttpStatusCode.OK));
    }

    // Requests one after the other.
    private static async Task PlayAsync(QueueHarness harness, int requests, Func<string, bool> fails)
    {
        for (var i = 0; i < requests; i++)
        {
            var lease = (await QueueHarness.Ended(harness.Acquire())).Lease;
            harness.Queue.Release(lease, fails(lease.Endpoint.Id) ? LeaseEnd.Failed : LeaseEnd.Completed);
        }
    }

    private static string StateOf(QueueHarness harness, string replica) =>
        harness.Queue.DescribeReplicas().Single(one => one.Id == replica).State;
}
