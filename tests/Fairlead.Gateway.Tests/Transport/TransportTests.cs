using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Transport;

/// <summary>What every way of serving connections has to do: the runtime's sockets (0), and loops.</summary>
public sealed class TransportTests
{
    private const int Large = 24 * 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task LargeBodies_InBothDirections_ComeThrough(int threads)
    {
        await using var gateway = await StartAsync(threads, static async context =>
        {
            using var whole = new MemoryStream();
            await context.Request.Body.CopyToAsync(whole);
            whole.Position = 0;
            await whole.CopyToAsync(context.Response.Body);
        });
        var body = RandomNumberGenerator.GetBytes(Large);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var response = await gateway.Client.PostAsync("/api/v1/service/iris/score", new ByteArrayContent(body));
            return await response.Content.ReadAsByteArrayAsync();
        }));

        Assert.All(answers, answer => Assert.True(body.AsSpan().SequenceEqual(answer)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Requests_OfManyClients_AreAllAnswered(int threads)
    {
        await using var gateway = await StartAsync(threads, static async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async client =>
        {
            using var http = new HttpClient { BaseAddress = gateway.Addresses[0] };
            var got = new List<string>();
            for (var i = 0; i < 30; i++)
            {
                using var response = await http.PostAsync("/api/v1/service/iris/score", new StringContent($"{client}/{i}"));
                got.Add(await response.Content.ReadAsStringAsync());
            }

            return got;
        }));

        Assert.Equal(
            Enumerable.Range(0, 32).SelectMany(static client => Enumerable.Range(0, 30).Select(i => $"{client}/{i}")),
            answers.SelectMany(static answer => answer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Answer_ThatTheClientReadsLate_WaitsForIt(int threads)
    {
        var written = 0L;
        await using var gateway = await StartAsync(threads, async context =>
        {
            var block = new byte[64 * 1024];
            for (var i = 0; i < Large / block.Length; i++)
            {
                await context.Response.Body.WriteAsync(block);
                Interlocked.Add(ref written, block.Length);
            }
        });
        using var client = await ConnectAsync(gateway);
        await client.SendAsync("POST /api/v1/service/iris/score HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        var buffer = new byte[64 * 1024];
        var read = (long)await client.ReceiveAsync(buffer.AsMemory(0, 1024));

        // Buffers on the way are full before all of it is written.
        Assert.True(Volatile.Read(ref written) < Large);
        while (await client.ReceiveAsync(buffer) is > 0 and var more)
        {
            read += more;
        }

        Assert.True(read > Large);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Client_ThatGoes_EndsTheScoring(int threads)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await StartAsync(threads, async context =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            ended.SetResult();
        });
        using (var client = await ConnectAsync(gateway))
        {
            await client.SendAsync("POST /api/v1/service/iris/score HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await began.Task;
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Port_InUse_IsTold(int threads)
    {
        await using var first = await StartAsync(threads, static _ => Task.CompletedTask);

        var failure = await Assert.ThrowsAsync<IOException>(() => GatewayFixture.StartAsync(options =>
        {
            options.HttpPort = first.Addresses[0].Port;
            options.IoThreads = threads;
        }));

        Assert.Contains("address already in use", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Replica_WithoutListener_IsUnreachable()
    {
        await using var gateway = await StartAsync(1, static _ => Task.CompletedTask);
        using var free = new Socket(SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open, new ReplicaEndpoint("gone", new Uri($"http://localhost:{((IPEndPoint)free.LocalEndPoint!).Port}"), 1, false)));

        using var response = await gateway.ScoreAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private static Task<GatewayFixture> StartAsync(int threads, RequestDelegate answer) => GatewayFixture.StartWithReplicaAsync(
        answer, TestRoutes.Open with { MaxConcurrentRequestsPerContainer = 64, MaxQueueWaitMs = 60_000 },
        options => options.IoThreads = threads);

    private static async Task<Socket> ConnectAsync(GatewayFixture gateway)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await client.ConnectAsync(IPAddress.Loopback, gateway.Addresses[0].Port);
        return client;
    }
}
