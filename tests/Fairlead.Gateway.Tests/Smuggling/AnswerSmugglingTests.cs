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
        await using var gateway = await GatewayFixture.StartAsync();
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
    public async Task Answer_Valid_PassesAndOnlyCleanConnectionIsUsedAgain(string answer, int connections)
    {
        await using var gateway = await GatewayFixture.StartAsync();
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
}
