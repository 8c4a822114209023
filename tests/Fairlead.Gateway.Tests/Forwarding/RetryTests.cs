using System.Net;
using System.Net.Sockets;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Forwarding;

public sealed class RetryTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task Replica_ThatRefusesConnection_IsPassedOver(int bodyLength)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var alive = await gateway.AddReplicaAsync("alive", Echo);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("dead", Closed(), 1, false), alive.Endpoint()));

        for (var i = 0; i < 4; i++)
        {
            using var response = await gateway.ScoreAsync(new string('x', bodyLength));
            Assert.Equal(new string('x', bodyLength), await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Replicas_AllUnreachable_Is503NoReadyReplica()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open with { MaxQueueWaitMs = 100 }, new ReplicaEndpoint("dead", Closed(), 1, false)));

        await Expect.OwnAnswerAsync(await gateway.ScoreAsync(), HttpStatusCode.ServiceUnavailable, "no-ready-replica");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60_000)]
    public async Task Replica_ThatRefuses_IsPassedOverUnseen(int bodyLength)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var busy = await gateway.AddReplicaAsync("busy", Refuse);
        var free = await gateway.AddReplicaAsync("free", Echo);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, busy.Endpoint(), free.Endpoint()));

        using var response = await gateway.ScoreAsync(new string('x', bodyLength));

        Assert.Equal(new string('x', bodyLength), await response.Content.ReadAsStringAsync());
        Assert.Null(Expect.Header(response, "x-fairlead-refused"));
        Assert.Null(Expect.Header(response, "x-from-refusal"));
        Assert.Equal(1, busy.Served);
    }

    [Fact]
    public async Task Replica_ThatRefusesForAWhile_IsTriedAgainWhileThereIsTime()
    {
        var calls = 0;
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => Interlocked.Increment(ref calls) < 4 ? Refuse(context) : Echo(context));

        using var response = await gateway.ScoreAsync("abc");

        Assert.Equal("abc", await response.Content.ReadAsStringAsync());
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Replica_ThatKeepsRefusing_Is503()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            Refuse, TestRoutes.Open with { MaxQueueWaitMs = 200 });

        using var response = await gateway.ScoreAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(Expect.Header(response, "x-fairlead-gateway"));
        Assert.Null(Expect.Header(response, "x-fairlead-refused"));
    }

    [Fact]
    public async Task LargeBody_RefusedAfterItWasRead_Is503()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var busy = await gateway.AddReplicaAsync("busy", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await Refuse(context);
        });
        var free = await gateway.AddReplicaAsync("free", Echo);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, busy.Endpoint(), free.Endpoint()));

        using var response = await gateway.ScoreAsync(new string('x', 300_000));

        await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, "replica-refused");
        Assert.Equal(0, free.Served);
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = 503;
        context.Response.Headers["x-fairlead-refused"] = "busy";
        context.Response.Headers["x-from-refusal"] = "1";
        return context.Response.WriteAsync("busy");
    }

    private static async Task Echo(HttpContext context) =>
        await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());

    // An address that nobody listens on.
    private static Uri Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri("http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port);
    }
}
