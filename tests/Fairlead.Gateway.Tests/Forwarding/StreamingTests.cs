using System.Net;
using System.Text;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Forwarding;

public sealed class StreamingTests
{
    private const string Score = "/api/v1/service/iris/score";

    [Fact]
    public async Task Events_OfModel_ArriveBeforeLastIsSent()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await seen.Task.WaitAsync(GatewayFixture.Patience);
            await context.Response.WriteAsync("data: 2\n\n");
        });

        using var response = await gateway.Client.GetAsync(Score, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("data: 1", await reader.ReadLineAsync().WaitAsync(GatewayFixture.Patience));
        seen.SetResult();
        Assert.Equal("\ndata: 2\n\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Events_LongerThanScoringTimeout_GoOnWhileTheyCome()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            async context =>
            {
                for (var i = 0; i < 12; i++)
                {
                    await context.Response.WriteAsync("x");
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(60);
                }
            },
            TestRoutes.Open with { ScoringTimeoutMs = 400 });

        Assert.Equal(new string('x', 12), await gateway.Client.GetStringAsync(Score));
    }

    [Fact]
    public async Task Body_Chunked_ReachesReplicaBeforeItEnds()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            var buffer = new byte[32 * 1024];
            await context.Request.Body.ReadExactlyAsync(buffer);
            seen.SetResult();
            var rest = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync(buffer.Count(b => b == 'x') + rest[^4..]);
        });
        using var content = new PacedContent(async stream =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 64 * 1024)));
            await stream.FlushAsync();
            await seen.Task.WaitAsync(GatewayFixture.Patience);
            await stream.WriteAsync("last"u8.ToArray());
        });

        using var response = await gateway.Client.PostAsync(Score, content);

        Assert.Equal("32768last", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_Large_ArrivesWhole(bool chunked)
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            using var sha = System.Security.Cryptography.SHA256.Create();
            await context.Response.WriteAsync(Convert.ToHexString(await sha.ComputeHashAsync(context.Request.Body)));
        });
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, Score) { Content = new ByteArrayContent(bytes) };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await gateway.Client.SendAsync(request);

        Assert.Equal(
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_OfAnyByte_PassUnchanged()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(context =>
        {
            context.Response.Headers.ContentType = context.Request.ContentType;
            return Task.CompletedTask;
        });
        using var content = new ByteArrayContent([]);
        content.Headers.TryAddWithoutValidation("Content-Type", "text/plain; name=\"abc\"");

        using var response = await gateway.Client.PostAsync(Score, content);

        Assert.Equal("text/plain; name=\"abc\"", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Answer_Compressed_IsNotTouched()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.Location = "/elsewhere";
            context.Response.StatusCode = 302;
            await context.Response.Body.WriteAsync(new byte[] { 1, 2, 3 });
        });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var response = await client.GetAsync(new Uri(gateway.Addresses[0], Score));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(new byte[] { 1, 2, 3 }, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Client_GoneWhileScoring_CancelsAndFreesReplica()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(async context =>
        {
            if (entered.TrySetResult())
            {
                using var registration = context.RequestAborted.Register(() => cancelled.TrySetResult());
                await cancelled.Task.WaitAsync(GatewayFixture.Patience);
            }
        });
        using var gone = new CancellationTokenSource();
        var scoring = gateway.Client.PostAsync(Score, new StringContent("{}"), gone.Token);
        await entered.Task.WaitAsync(GatewayFixture.Patience);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring);
        await cancelled.Task.WaitAsync(GatewayFixture.Patience);
        using var next = await gateway.ScoreAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Client_GoneWhileQueued_LeavesQueue()
    {
        await using var held = await HeldGateway.StartAsync(TestRoutes.Open with { MaxQueueWaitMs = 60_000 });
        using var gone = new CancellationTokenSource();
        var waiting = held.Gateway.Client.PostAsync(Score, new StringContent("{}"), gone.Token);
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot().Queued == 1);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Expect.EventuallyAsync(() => held.Gateway.Service.Queue.Snapshot().Queued == 0);
    }
}
