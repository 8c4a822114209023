using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Routing;

/// <summary>The table of §3.4, for answers of a replica that sets no ids and for the gateway's own.</summary>
public sealed class RequestIdTests
{
    [Theory]
    [InlineData(null, null, null, "new", "new", null)]
    [InlineData("A", null, null, "A", "A", null)]
    [InlineData(null, "B", null, "new", "B", "B")]
    [InlineData(null, null, "C", "new", "C", "C")]
    [InlineData("A", "B", null, "A", "B", "B")]
    [InlineData(null, "B", "C", "new", "B", "C")]
    [InlineData("A", null, "C", "A", "C", "C")]
    [InlineData("A", "B", "C", "A", "B", "C")]
    public async Task Ids_OfAnswer_FollowTable(string? id, string? ms, string? client, string outId, string outMs, string? outClient)
    {
        string? seenByReplica = null;
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            seenByReplica = context.Request.Headers["x-request-id"];
            return Task.CompletedTask;
        });
        foreach (var service in new[] { "iris", "unknown" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/service/{service}/score");
            Add(request, "x-request-id", id);
            Add(request, "x-ms-request-id", ms);
            Add(request, "x-ms-client-request-id", client);

            using var response = await gateway.Client.SendAsync(request);

            var made = Expect.Header(response, "x-request-id");
            Assert.True(outId != "new" || Guid.TryParse(made, out _));
            Assert.Equal(outId == "new" ? made : outId, made);
            Assert.Equal(outMs == "new" ? made : outMs, Expect.Header(response, "x-ms-request-id"));
            Assert.Equal(outClient, Expect.Header(response, "x-ms-client-request-id"));
            if (service == "iris")
            {
                Assert.Equal(made, seenByReplica);
            }
        }
    }

    [Fact]
    public async Task Ids_OfReplica_Win()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            context.Response.Headers["x-ms-request-id"] = "mine";
            return Task.CompletedTask;
        });

        using var response = await gateway.ScoreAsync();

        Assert.Equal("mine", Expect.Header(response, "x-ms-request-id"));
    }

    [Fact]
    public async Task Id_TooLong_IsNotEchoedByGateway()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Client.DefaultRequestHeaders.Add("x-request-id", new string('a', 101));

        using var response = await gateway.ScoreAsync();

        Assert.True(Guid.TryParse(Expect.Header(response, "x-request-id"), out _));
    }

    private static void Add(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.Add(name, value);
        }
    }
}
