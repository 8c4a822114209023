using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Smuggling;

/// <summary>Answers of replicas whose end is uncertain: 502 or a cut connection, and the connection is never used again.</summary>
public sealed class AnswerSmugglingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    [Theory]
    [InlineData(Ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData(Ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData(Ok + "Content-Length: 2, 2\r\n\r\nab")]
    [InlineData(Ok + "Content-Length: +2\r\n\r\nab")]
    [InlineData(Ok + "Content-Length: -2\r\n\r\nab")]
    [InlineData(Ok + "Content-Length:\r\n\r\nab")]
    [InlineData(Ok + "Content-Length: 9999999999999999999\r\n\r\nab")]
    [InlineData(Ok + "Content-Length : 2\r\n\r\nab")]
    [InlineData(Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData(Ok + "Transfer-Encoding: identity\r\n\r\nab")]
    [InlineData(Ok + "x-a: 1\r\n folded\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Ok + "x-a: 1\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData(Ok + "x-a: 1\rx-b: 2\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Ok + "x-a: 1\0\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Ok + "x\0a: 1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Ok + ": 1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(Ok + "no colon\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public async Task Answer_Malformed_Is502AndConnectionIsNotUsedAgain(string answer)
    {
        await using var gateway = await GatewayFixture.StartAsync(GatewayFixture.OneThread);
        await using var replica = new RawPeer(answer, closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        using var first = await gateway.ScoreAsync();
        await Expect.OwnAnswerAsync(first, HttpStatusCode.BadGateway, "replica-bad-answer");
        using var second = await gateway.ScoreAsync();
        await Expect.OwnAnswerAsync(second, HttpStatusCode.BadGateway, "replica-bad-answer");

        Assert.Equal(2, replica.Connections);
    }

    [Fact]
    public async Task Answer_WithOversizedHead_Is502()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(Ok + "x-big: " + new string('a', 200_000) + "\r\n\r\n", closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        using var response = await gateway.ScoreAsync();

        await Expect.OwnAnswerAsync(response, HttpStatusCode.BadGateway, "replica-bad-answer");
    }

    [Theory]
    [InlineData("zz\r\nab\r\n0\r\n\r\n")]
    [InlineData("-1\r\nab\r\n0\r\n\r\n")]
    [InlineData("0x2\r\nab\r\n0\r\n\r\n")]
    [InlineData("2\nab\r\n0\r\n\r\n")]
    [InlineData("1\r\nabc\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffffff\r\nab\r\n0\r\n\r\n")]
    [InlineData("\r\nab\r\n0\r\n\r\n")]
    public async Task Chunk_Malformed_CutsAnswer(string body)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(Ok + "Transfer-Encoding: chunked\r\n\r\n" + body, closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => gateway.ScoreAsync());
    }

    [Theory]
    [InlineData(Ok + "Content-Length: 2\r\n\r\nab" + Ok + "Content-Length: 3\r\n\r\nbad", 2)]
    [InlineData(Ok + "Content-Length: 2\r\nConnection: close\r\n\r\nab", 2)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 2)]
    [InlineData(Ok + "Content-Length: 2\r\n\r\nab", 1)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Ok + "Content-Length: 2\r\n\r\nab", 1)]
    [InlineData(Ok + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n1\r\nb\r\n0\r\nx-trailer: 1\r\n\r\n", 1)]
    [InlineData(Ok + "Connection: content-length, keep-alive\r\nContent-Length: 2\r\n\r\nab", 1)]
    public async Task Answer_Valid_PassesAndOnlyCleanConnectionIsUsedAgain(string answer, int connections)
    {
        await using var gateway = await GatewayFixture.StartAsync(GatewayFixture.OneThread);
        await using var replica = new RawPeer(answer, closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        for (var i = 0; i < 2; i++)
        {
            using var response = await gateway.ScoreAsync();
            Assert.Equal("ab", await response.Content.ReadAsStringAsync());
            Assert.Null(Expect.Header(response, "Link"));
        }

        Assert.Equal(connections, replica.Connections);
    }

    [Theory]
    [InlineData("204 No Content", "", 1)]
    [InlineData("204 No Content", "Content-Length: 0\r\n", 1)]
    [InlineData("204 No Content", "Content-Length: 2\r\n", 2)]
    [InlineData("304 Not Modified", "Content-Length: 2\r\n", 1)]
    [InlineData("304 Not Modified", "Transfer-Encoding: chunked\r\n", 1)]
    [InlineData("205 Reset Content", "Content-Length: 0\r\n", 1)]
    [InlineData("205 Reset Content", "Content-Length: 2\r\n", 2)]
    [InlineData("205 Reset Content", "", 2)]
    public async Task Answer_ThatMayHaveNoBody_EndsWithItsHead(string status, string headers, int connections)
    {
        await using var gateway = await GatewayFixture.StartAsync(GatewayFixture.OneThread);
        await using var replica = new RawPeer($"HTTP/1.1 {status}\r\n{headers}\r\n", closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        for (var i = 0; i < 2; i++)
        {
            using var response = await gateway.ScoreAsync();
            Assert.Equal(status[..3], ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(connections, replica.Connections);
    }

    [Theory]
    [InlineData("204 No Content", "")]
    [InlineData("204 No Content", "Content-Length: 2\r\n")]
    [InlineData("205 Reset Content", "Content-Length: 2\r\n")]
    [InlineData("304 Not Modified", "Content-Length: 2\r\n")]
    public async Task Answer_WithForbiddenBody_PassesWithoutItAndConnectionIsNotUsedAgain(string status, string headers)
    {
        await using var gateway = await GatewayFixture.StartAsync(GatewayFixture.OneThread);
        await using var replica = new RawPeer($"HTTP/1.1 {status}\r\n{headers}\r\nab", closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        for (var i = 0; i < 2; i++)
        {
            using var response = await gateway.ScoreAsync();
            Assert.Equal(status[..3], ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(2, replica.Connections);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nab")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n")]
    public async Task Answer_ThatEndsEarly_HasNoCleanEndForClient(string rest)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(Ok + rest, closes: true);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        var answer = await RawClient.SendAsync(
            gateway.Addresses[0], "GET /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\n\r\n");

        // Reset, or less than was promised: never a whole answer.
        Assert.DoesNotContain("\n0\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("502", answer, StringComparison.Ordinal);
        Assert.True(!answer.Contains("Content-Length", StringComparison.Ordinal) || answer.EndsWith("ab", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Head_ThatDrips_IsHeldToScoringTimeout()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(
            Ok + "x-slow: " + new string('a', 2000), closes: false, drip: TimeSpan.FromMilliseconds(20));
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open with { ScoringTimeoutMs = 300 }, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        using var response = await gateway.ScoreAsync();

        await Expect.OwnAnswerAsync(response, HttpStatusCode.GatewayTimeout, "timeout");
    }
}
