using System.Net;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Smuggling;

/// <summary>What concerns one connection only stays on it, and what ends a message is always the gateway's own
/// (RFC 9110 §7.6.1).</summary>
public sealed class HopByHopTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
    private const string Score = "/api/v1/service/iris/score HTTP/1.1\r\n";

    [Theory]
    [InlineData("Connection: close, x-hop\r\n")]
    [InlineData("connection: X-HOP ,close\r\n")]
    [InlineData("Connection: x-hop\r\nConnection: close\r\n")]
    [InlineData("Connection: ,,x-hop,\r\nConnection: close\r\n")]
    [InlineData("Connection: close\r\nKeep-Alive: x-hop=1\r\nx-hop-not: 1\r\n", "Keep-Alive")]
    [InlineData("Connection: close\r\nProxy-Connection: keep-alive\r\n", "Proxy-Connection")]
    [InlineData("Connection: close\r\nTE: trailers\r\n", "TE:")]
    [InlineData("Connection: close\r\nProxy-Authorization: Basic YQ==\r\n", "Proxy-Authorization")]
    public async Task Request_HeadersOfConnection_StayAtGateway(string connection, string? absent = null)
    {
        var received = await ForwardAsync(
            "POST " + Score + "Host: a\r\n" + connection + "X-Hop: secret\r\nx-kept: 1\r\nContent-Length: 2\r\n\r\nab");

        if (absent is null)
        {
            Assert.DoesNotContain("secret", received, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("\n" + (absent ?? "X-Hop"), received, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\nConnection", received, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("x-kept: 1\r\n", received, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\nab", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatNamesFramingHeaders_KeepsThem()
    {
        var received = await ForwardAsync(
            "POST " + Score + "Host: front.example\r\nConnection: close, host, content-length, transfer-encoding, x-request-id\r\n"
            + "x-request-id: mine\r\nContent-Length: 2\r\n\r\nab");

        Assert.Contains("\nHost: front.example\r\n", received, StringComparison.Ordinal);
        Assert.Contains("\nContent-Length: 2\r\n", received, StringComparison.Ordinal);
        Assert.Contains("\nx-request-id: mine\r\n", received, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\nab", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ToUpgrade_GoesOnAsPlainRequest()
    {
        var received = await ForwardAsync(
            "GET " + Score + "Host: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n");

        Assert.StartsWith("GET /score HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.DoesNotContain("\nUpgrade", received, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\nConnection", received, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n", received, StringComparison.Ordinal);
        Assert.Single(received.Split("HTTP/1.1")[1..]);
    }

    [Fact]
    public async Task Request_WithTrailers_LosesThem()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        string? body = null;
        var trailers = -1;
        var replica = await gateway.AddReplicaAsync("r1", async context =>
        {
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            trailers = Microsoft.AspNetCore.Http.RequestTrailerExtensions.CheckTrailersAvailable(context.Request)
                ? ((Microsoft.AspNetCore.Http.Features.IHttpRequestTrailersFeature)context.Features[
                    typeof(Microsoft.AspNetCore.Http.Features.IHttpRequestTrailersFeature)]!).Trailers.Count
                : -1;
        });
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, replica.Endpoint()));

        var answer = await RawClient.SendAsync(
            gateway.Addresses[0],
            "POST " + Score + "Host: a\r\nConnection: close\r\nTrailer: x-t\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nab\r\n0\r\nx-t: 1\r\nContent-Length: 9\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(("ab", 0), (body, trailers));
    }

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n", "ab")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "2\r\nab\r\n0\r\n\r\n")]
    public async Task Request_ThatExpects100_GetsItFromGateway(string framing, string body)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            var text = await new StreamReader(context.Request.Body).ReadToEndAsync();
            Assert.Empty(context.Request.Headers.Expect.ToString());
            await context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes("got " + text));
        });
        using var limit = new CancellationTokenSource(GatewayFixture.Patience);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gateway.Addresses[0].Port, limit.Token);
        using var reader = new StreamReader(client.GetStream());

        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            "POST " + Score + "Host: a\r\nConnection: close\r\nExpect: 100-continue\r\n" + framing), limit.Token);
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(limit.Token));
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(body), limit.Token);

        var rest = await reader.ReadToEndAsync(limit.Token);
        Assert.Contains("HTTP/1.1 200 OK", rest, StringComparison.Ordinal);
        Assert.Contains("got ab", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_HeadersOfConnection_StayAtGateway()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(
            "HTTP/1.1 200 OK\r\nx-hop: 1\r\nConnection: x-hop, content-length\r\nConnection: x-other\r\nx-other: 1\r\nKeep-Alive: timeout=5\r\n"
            + "x-kept: 1\r\nContent-Length: 2\r\n\r\nab", closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        using var response = await gateway.ScoreAsync();

        Assert.Equal(("ab", 2L), (await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentLength));
        Assert.Equal("1", Expect.Header(response, "x-kept"));
        Assert.Null(Expect.Header(response, "x-hop"));
        Assert.Null(Expect.Header(response, "x-other"));
        Assert.Null(Expect.Header(response, "Keep-Alive"));
        Assert.Null(Expect.Header(response, "Connection"));
    }

    [Theory]
    [InlineData("/v2/models/a%0d%0ax-evil:%201%0d%0a%0d%0aGET%20/x", "/v2/models/a%0D%0Ax-evil:%201%0D%0A%0D%0AGET%20/x")]
    [InlineData("/v2/models/a%20b", "/v2/models/a%20b")]
    [InlineData("/v2/models/%C3%A4%3Fq%23", "/v2/models/%C3%A4%3Fq%23")]
    [InlineData("/v2/models/a%2Fb%2525", "/v2/models/a%2Fb%2525")]
    public async Task Path_OfAnyBytes_StaysOnePath(string sent, string expected)
    {
        var received = await ForwardAsync($"GET /api/v1/service/iris{sent} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", received, StringComparison.Ordinal);
        Assert.DoesNotContain("\nx-evil", received, StringComparison.Ordinal);
    }

    // What a replica gets of a request whose connection ends with it.
    private static async Task<string> ForwardAsync(string request)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new RawPeer(Ok, closes: false);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));
        var answer = await RawClient.SendAsync(gateway.Addresses[0], request);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        return replica.Received;
    }
}
