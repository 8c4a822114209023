using System.Net;
using System.Net.Http.Headers;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Routing;

/// <summary>The rows of §4.5 and the routes of §4.1, over real sockets.</summary>
public sealed class AnswerTests
{
    private static readonly ScoringServiceSpec Keyed = TestRoutes.Open with { AuthEnabled = true };

    [Theory]
    [InlineData("/", "Fairlead gateway\n")]
    [InlineData("/healthz", "Healthy")]
    public async Task Gateway_OwnPath_Answers(string path, string text)
    {
        await using var gateway = await GatewayFixture.StartAsync();

        Assert.Equal(text, await gateway.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("GET", "/api/v1/service/iris/score?x=1&y=%20a", "/score?x=1&y=%20a")]
    [InlineData("POST", "/api/v1/service/iris/score", "/score")]
    [InlineData("OPTIONS", "/api/v1/service/iris/score", "/score")]
    [InlineData("GET", "/api/v1/service/iris/swagger.json?version=3", "/swagger.json?version=3")]
    [InlineData("GET", "/api/v1/service/iris/", "/")]
    [InlineData("GET", "/api/v1/service/iris", "/")]
    [InlineData("GET", "/api/v1/service/iris/v2", "/v2")]
    [InlineData("GET", "/api/v1/service/iris/v2/models/iris", "/v2/models/iris")]
    [InlineData("POST", "/api/v1/service/iris/v2/models/iris/versions/1/infer", "/v2/models/iris/versions/1/infer")]
    public async Task Route_OfService_ReachesReplica(string method, string path, string seen)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context => context.Response.WriteAsync(
            $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}"));

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal($"{method} {seen}", await response.Content.ReadAsStringAsync());
        Assert.Null(Expect.Header(response, "x-fairlead-gateway"));
    }

    [Theory]
    [InlineData("PUT", "/api/v1/service/iris/score", 405, "method-not-allowed")]
    [InlineData("DELETE", "/api/v1/service/iris/", 405, "method-not-allowed")]
    [InlineData("POST", "/", 405, "method-not-allowed")]
    [InlineData("GET", "/api/v1/service/other/score", 404, "unknown-service")]
    [InlineData("GET", "/api/v1/service/iris/scores", 404, "unknown-path")]
    [InlineData("GET", "/api/v1/service/iris/v2x", 404, "unknown-path")]
    [InlineData("GET", "/api/v1/service/iris/score/", 404, "unknown-path")]
    [InlineData("GET", "/api/v1/service/", 404, "unknown-path")]
    [InlineData("GET", "/score", 404, "unknown-path")]
    public async Task Route_NotServed_SaysWhy(string method, string path, int status, string reason)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context => context.Response.WriteAsync("ok"));

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await Expect.OwnAnswerAsync(response, (HttpStatusCode)status, reason);
    }

    [Theory]
    [InlineData("Bearer " + TestRoutes.PrimaryKey, 200)]
    [InlineData("Bearer " + TestRoutes.SecondaryKey, 200)]
    [InlineData("bearer   " + TestRoutes.SecondaryKey, 200)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Basic " + TestRoutes.PrimaryKey, 401)]
    [InlineData("Bearer", 401)]
    [InlineData(null, 401)]
    public async Task Key_OfEitherKind_Opens(string? authorization, int status)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync("key:" + context.Request.Headers.Authorization), Keyed);
        foreach (var path in new[] { "score", "swagger.json", "" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/service/iris/" + path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

            using var response = await gateway.Client.SendAsync(request);

            Assert.Equal(status, (int)response.StatusCode);
            if (status == 401)
            {
                await Expect.OwnAnswerAsync(response, HttpStatusCode.Unauthorized, "unauthorized");
                Assert.StartsWith(
                    "Bearer realm=\"iris\"" + (authorization is "Bearer wrong" ? ", error=\"invalid_token\"" : ""),
                    response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal("key:", await response.Content.ReadAsStringAsync());
            }
        }
    }

    [Fact]
    public async Task Token_Missing_IsAskedFor()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync("ok"), TestRoutes.Open with { TokenAuthEnabled = true });

        using var response = await gateway.ScoreAsync();

        Assert.Contains("<token>", await Expect.OwnAnswerAsync(response, HttpStatusCode.Unauthorized, "unauthorized"), StringComparison.Ordinal);
        Assert.Equal("Bearer realm=\"iris\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Keys_Guessed_AreRefusedUncheckedUntilLater()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync("ok"), Keyed, options => options.BruteForce.Attempts = 5);
        for (var guess = 0; guess < 5; guess++)
        {
            using var wrong = await SendAsync("guess" + guess);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var right = await SendAsync(TestRoutes.PrimaryKey);
        using var again = await SendAsync("guess4");

        await Expect.OwnAnswerAsync(right, HttpStatusCode.TooManyRequests, "too-many-failures");
        Assert.InRange(right.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);

        Task<HttpResponseMessage> SendAsync(string key)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/service/iris/score");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return gateway.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Key_OfOpenService_ReachesScript()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString()));
        gateway.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "own");

        using var response = await gateway.ScoreAsync();

        Assert.Equal("Bearer own", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(501)]
    [InlineData(503)]
    public async Task Status_OfModel_PassesThrough(int status)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("model says " + status);
        });

        using var response = await gateway.ScoreAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("model says " + status, await response.Content.ReadAsStringAsync());
        Assert.Null(Expect.Header(response, "x-fairlead-gateway"));
    }

    [Fact]
    public async Task Status500_OfModel_Becomes502WithBodyAndHeaders()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers["x-ms-run-function-failed"] = "True";
            return context.Response.WriteAsync("{\"message\": \"An unexpected error occurred\"}");
        });

        using var response = await gateway.ScoreAsync();

        Assert.Equal((HttpStatusCode.BadGateway, "Bad Gateway"), (response.StatusCode, response.ReasonPhrase));
        Assert.Equal("True", Expect.Header(response, "x-ms-run-function-failed"));
        Assert.Equal("{\"message\": \"An unexpected error occurred\"}", await response.Content.ReadAsStringAsync());
        Assert.Null(Expect.Header(response, "x-fairlead-gateway"));
    }

    [Fact]
    public async Task Scoring_OverTimeout_Is504AndFreesReplica()
    {
        var calls = 0;
        var cancelled = new TaskCompletionSource();
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            async context =>
            {
                if (Interlocked.Increment(ref calls) > 1)
                {
                    return;
                }

                context.RequestAborted.Register(cancelled.SetResult);
                await cancelled.Task;
            },
            TestRoutes.Open with { ScoringTimeoutMs = 200 });

        var body = await Expect.OwnAnswerAsync(await gateway.ScoreAsync(), HttpStatusCode.GatewayTimeout, "timeout");

        Assert.Contains("200 ms", body, StringComparison.Ordinal);
        await cancelled.Task.WaitAsync(GatewayFixture.Patience);
        using var next = await gateway.ScoreAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Replica_ClosedBeforeReplying_Is502AndNotRetried()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var first = await gateway.AddReplicaAsync("r1", Abort);
        var second = await gateway.AddReplicaAsync("r2", Abort);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, first.Endpoint(), second.Endpoint()));

        var body = await Expect.OwnAnswerAsync(await gateway.ScoreAsync(), HttpStatusCode.BadGateway, "replica-closed");

        Assert.Equal("Replica closed connection before replying", body);
        Assert.Equal(1, first.Served + second.Served);

        static Task Abort(HttpContext context)
        {
            context.Abort();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Get_ThatKillsWarmReplica_IsNotSentTwice()
    {
        var kill = false;
        await using var gateway = await GatewayFixture.StartAsync();
        var replica = await gateway.AddReplicaAsync("r1", context =>
        {
            if (kill)
            {
                context.Abort();
            }

            return Task.CompletedTask;
        });
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, replica.Endpoint()));
        await gateway.Client.GetStringAsync("/api/v1/service/iris/score");
        kill = true;

        using var response = await gateway.Client.GetAsync("/api/v1/service/iris/score");

        await Expect.OwnAnswerAsync(response, HttpStatusCode.BadGateway, "replica-closed");
        Assert.Equal(2, replica.Served);
    }

    [Fact]
    public async Task Queue_Full_Is503()
    {
        await using var held = await HeldGateway.StartAsync(TestRoutes.Open with { MaxQueueLength = 1 });
        var waiting = held.Gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot().Queued == 1);

        using var response = await held.Gateway.ScoreAsync();

        var body = await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, "queue-full");
        AssertOverloaded(body, "queue-full");
        Assert.NotNull(response.Headers.RetryAfter);
        held.Let();
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Fact]
    public async Task Queue_TooSlow_Is503()
    {
        await using var held = await HeldGateway.StartAsync(TestRoutes.Open with { MaxQueueWaitMs = 50 });

        using var response = await held.Gateway.ScoreAsync();

        var body = await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, "queue-timeout");
        AssertOverloaded(body, "queue-timeout");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(100_000, long.MaxValue, "queue-bytes-full")]
    [InlineData(long.MaxValue, 100_000, "gateway-queue-full")]
    public async Task Queue_FullOfBytes_Is503UntilSomeLeave(long perService, long together, string reason)
    {
        await using var held = await HeldGateway.StartAsync(TestRoutes.Open, options =>
        {
            options.MaxQueuedBytesPerService = perService;
            options.MaxQueuedBytes = together;
        });
        var large = new string('x', 50_000);
        using var gone = new CancellationTokenSource();
        var waiting = held.Gateway.Client.PostAsync("/api/v1/service/iris/score", new StringContent(large), gone.Token);
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot() is { Queued: 1, QueuedBytes: > 50_000 and < 60_000 });

        using var response = await held.Gateway.ScoreAsync(large);

        AssertOverloaded(await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, reason), reason);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot() is { Queued: 0, QueuedBytes: 0 });
        var again = held.Gateway.ScoreAsync(large);
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot().Queued == 1);
        held.Let();
        Assert.Equal(HttpStatusCode.OK, (await again).StatusCode);
    }

    [Theory]
    [InlineData(0, "no-ready-replica", "No ready replicas for service iris")]
    [InlineData(1, "replicas-starting", "No ready replicas for service iris (starting)")]
    public async Task Replicas_NoneReady_Is503(int desired, string reason, string text)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open with { MaxQueueWaitMs = 50 }) with { DesiredReplicas = desired });

        using var response = await gateway.ScoreAsync();

        Assert.Equal(text, await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, reason));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private static void AssertOverloaded(string body, string reason)
    {
        var lines = body.Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal("Too many requests for service iris (overloaded)", lines[0]);
        Assert.StartsWith(reason + ": ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_Removed_EndsThoseWhoWaitWith404()
    {
        await using var held = await HeldGateway.StartAsync(TestRoutes.Open);
        var waiting = held.Gateway.ScoreAsync();
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot().Queued == 1);

        held.Gateway.Directory.Remove(TestRoutes.Service);

        await Expect.OwnAnswerAsync(await waiting, HttpStatusCode.NotFound, "unknown-service");
        held.Let();
        Assert.Equal(HttpStatusCode.OK, (await held.First).StatusCode);
    }
}
