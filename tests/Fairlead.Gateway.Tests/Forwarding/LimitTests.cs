using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Forwarding;

/// <summary>Clients that send too much, too slowly or nonsense; after each of them the gateway still serves.</summary>
/// <remarks>One of them counts what the process allocates, so nothing runs beside them.</remarks>
[Collection(nameof(LimitTests))]
[CollectionDefinition(nameof(LimitTests), DisableParallelization = true)]
public sealed class LimitTests
{
    private const int Oversize = 101 * 1024 * 1024;

    [Fact]
    public async Task Body_TooLargeByContentLength_Is413BeforeReplicaSeesIt()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var replica = await gateway.AddReplicaAsync("r1", Drain);
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, replica.Endpoint()));

        var answer = await SendAsync(
            gateway.Addresses[0], $"POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nContent-Length: {Oversize}\r\n\r\n{{");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("x-fairlead-gateway: body-too-large", answer, StringComparison.Ordinal);
        Assert.Contains("104857600 bytes (100 MB)", answer, StringComparison.Ordinal);
        Assert.Equal(0, replica.Served);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_TooLarge_Is413AndServerKeepsServing(bool chunked)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(Drain);
        var before = GC.GetTotalAllocatedBytes();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score")
        {
            Content = new PacedContent(async stream =>
            {
                var block = new byte[64 * 1024];
                for (long sent = 0; sent < Oversize; sent += block.Length)
                {
                    await stream.WriteAsync(block);
                }
            }),
        };
        request.Headers.TransferEncodingChunked = chunked;
        if (!chunked)
        {
            request.Content.Headers.ContentLength = Oversize;
            request.Headers.ExpectContinue = true;
        }

        using var response = await gateway.Client.SendAsync(request);

        var body = await Expect.OwnAnswerAsync(response, HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        Assert.Contains("104857600 bytes", body, StringComparison.Ordinal);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 60_000_000, "the body was kept in memory");
        using var next = await gateway.ScoreAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Body_JustWithinLimit_Passes()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(Drain, null, options => options.MaxRequestBodyBytes = 2000);

        using var fits = await gateway.ScoreAsync(new string('x', 2000));
        using var tooLarge = await gateway.ScoreAsync(new string('x', 2001));

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Theory]
    [InlineData("POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnope\r\n", "400")]
    [InlineData("POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("nonsense\r\n\r\n", "400")]
    public async Task Request_Malformed_Is400AndServerKeepsServing(string text, string status)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(Drain);

        var answer = await SendAsync(gateway.Addresses[0], text);

        Assert.StartsWith("HTTP/1.1 " + status, answer, StringComparison.Ordinal);
        using var next = await gateway.ScoreAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Headers_Over32KB_Is431()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(Drain);

        var answer = await SendAsync(
            gateway.Addresses[0], "GET /healthz HTTP/1.1\r\nHost: a\r\nx-big: " + new string('a', 33 * 1024) + "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        Assert.Equal("Healthy", await gateway.Client.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Headers_ThatNeverEnd_AreCutOff()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            Drain, null, options => options.RequestHeadersTimeout = TimeSpan.FromMilliseconds(300));

        var answer = await SendAsync(gateway.Addresses[0], "GET /healthz HTTP/1.1\r\nHost: a\r\n");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\nx")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")]
    public async Task Body_TooSlow_IsCutOffAndReplicaIsFree(string rest)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            Drain, null, options =>
            {
                options.MinDataRate = 10_000;
                options.DataRateGrace = TimeSpan.FromSeconds(1.2);
            });

        var answer = await SendAsync(gateway.Addresses[0], "POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\n" + rest);

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("x-fairlead-gateway: slow-body", answer, StringComparison.Ordinal);
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
    }

    [Fact]
    public async Task SlowClient_OfSmallBody_HoldsNoReplica()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(Drain);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, gateway.Addresses[0].Port);
        await slow.GetStream().WriteAsync(
            "POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx"u8.ToArray());

        using var other = await gateway.ScoreAsync();

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(0, gateway.Service.Queue.Snapshot().Leases);
    }

    private static async Task Drain(HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null);

    // Sends raw bytes and reads until the server closes, or has sent a whole answer without a body of its own.
    private static async Task<string> SendAsync(Uri address, string text)
    {
        using var limit = new CancellationTokenSource(GatewayFixture.Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), limit.Token);
        var received = new MemoryStream();
        var buffer = new byte[4096];
        while (!IsWhole(Encoding.UTF8.GetString(received.ToArray())))
        {
            var read = await stream.ReadAsync(buffer, limit.Token);
            if (read == 0)
            {
                break;
            }

            await received.WriteAsync(buffer.AsMemory(0, read), limit.Token);
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    private static bool IsWhole(string answer)
    {
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = answer.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return head > 0 && length > 0 && length < head
            && answer.Length >= head + 4 + int.Parse(answer[(length + 16)..answer.IndexOf('\r', length)]);
    }
}
