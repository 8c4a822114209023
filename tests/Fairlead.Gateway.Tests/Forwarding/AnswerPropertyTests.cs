using System.Net;
using System.Net.Sockets;
using CsCheck;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Forwarding;

/// <summary>Whatever a replica answers, it is the same to the client however it was cut into pieces, and it comes to an end.</summary>
public sealed class AnswerPropertyTests
{
    private static readonly Gen<int[]> Cuts = Gen.Int[1, 10_000].Array[1, 5];

    [Fact]
    public Task Answer_Valid_IsTheSameInAnyPieces() => AssertSameInPiecesAsync(AnswerGen.Answer, mustPass: true);

    [Fact]
    public Task Answer_WithChangedBytes_IsTheSameInAnyPiecesAndEnds() =>
        AssertSameInPiecesAsync(AnswerGen.Changed(AnswerGen.Answer), mustPass: false);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "ab", "cd")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "cd")]
    [InlineData("HTTP/1.1 200 OK\r\nx-a:1\r\nx-b:2\r\nContent-Length: 4\r\n\r\nab", "c", "d")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab", "cd\r\n0\r\n\r\n")]
    public async Task Answer_InPieces_Passes(params string[] pieces)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new PiecesPeer();
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        var answer = await AskAsync(gateway, replica, [.. pieces.Select(System.Text.Encoding.Latin1.GetBytes)]);

        Assert.EndsWith("\n\nabcd", answer);
    }

    [Fact]
    public async Task Request_WithChangedBytes_GetsAnAnswerOrAClosedConnection()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(static _ => Task.CompletedTask);
        var request = AnswerGen.Changed(AnswerGen.One(
            "POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
            "POST /api/v1/service/iris/score HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "GET /api/v1/service/iris/swagger.json?x=1 HTTP/1.1\r\nHost: a\r\nConnection: x-a\r\nx-a: 1\r\n\r\n").Select(System.Text.Encoding.Latin1.GetBytes));
        await request.SampleAsync(
            async bytes =>
            {
                using var limit = new CancellationTokenSource(GatewayFixture.Patience);
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, gateway.Addresses[0].Port, limit.Token);
                var stream = client.GetStream();
                try
                {
                    await stream.WriteAsync(bytes, limit.Token);
                    client.Client.Shutdown(SocketShutdown.Send);
                    await stream.CopyToAsync(Stream.Null, limit.Token);
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    // Closed with bytes of ours unread.
                }
            },
            iter: 200, threads: 2);
        using var after = await gateway.ScoreAsync();
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
    }

    private static async Task AssertSameInPiecesAsync(Gen<byte[]> answers, bool mustPass)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var replica = new PiecesPeer();
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open with { MaxQueueWaitMs = 20_000 }, new ReplicaEndpoint("raw", replica.Address, 1, false)));

        await Gen.Select(answers, Cuts).SampleAsync(
            async (answer, cuts) =>
            {
                var whole = await AskAsync(gateway, replica, [answer]);
                Assert.Equal(whole, await AskAsync(gateway, replica, Pieces(answer, cuts)));
                Assert.True(!mustPass || whole.StartsWith("OK", StringComparison.Ordinal), whole);
            },
            iter: 100, threads: 1);

        await Expect.EventuallyAsync(() => gateway.Service.Queue.Snapshot().Leases == 0);
    }

    // What a client can tell of an answer.
    private static async Task<string> AskAsync(GatewayFixture gateway, PiecesPeer replica, byte[][] pieces)
    {
        var closed = replica.Answer(pieces);
        var answer = await AskAsync(gateway);

        // The gateway may keep the connection; when the next request comes it must see that it was closed.
        await closed.WaitAsync(GatewayFixture.Patience);
        return answer;
    }

    private static async Task<string> AskAsync(GatewayFixture gateway)
    {
        // A replica whose answer was bad gets a pause; the next one is not to wait for its end.
        gateway.Directory.Publish(gateway.Service.Snapshot.Route);
        try
        {
            using var response = await gateway.ScoreAsync();
            var own = response.Headers.Where(static header => header.Key.StartsWith("x-", StringComparison.Ordinal)
                && !header.Key.EndsWith("request-id", StringComparison.Ordinal));
            var headers = string.Join('\n', own.Select(static header => $"{header.Key}: {string.Join('|', header.Value)}"));
            return $"{response.StatusCode}\n{headers}\n\n{await response.Content.ReadAsStringAsync()}";
        }
        catch (HttpRequestException)
        {
            return "cut";
        }
    }

    private static byte[][] Pieces(byte[] answer, int[] cuts)
    {
        int[] at = [0, .. cuts.Select(cut => cut % Math.Max(1, answer.Length)).Order(), answer.Length];
        return [.. at.Zip(at.Skip(1), (from, to) => answer[from..to]).Where(static piece => piece.Length > 0)];
    }

    /// <summary>A replica that reads a request, answers in pieces, and closes.</summary>
    private sealed class PiecesPeer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly Task _serving;
        private byte[][] _pieces = [];
        private TaskCompletionSource _closed = new();

        public PiecesPeer()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        /// <summary>Answers the next request with these pieces.</summary>
        /// <returns>Ends when the connection was closed.</returns>
        public Task Answer(byte[][] pieces)
        {
            _pieces = pieces;
            return (_closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _serving;
            _listener.Dispose();
            _end.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync(_end.Token);
                    client.NoDelay = true;
                    var buffer = new byte[8192];
                    var pieces = _pieces;
                    try
                    {
                        // The request is one small piece.
                        var stream = client.GetStream();
                        _ = await stream.ReadAsync(buffer);
                        foreach (var piece in pieces)
                        {
                            await stream.WriteAsync(piece);

                            // What is together on the wire may be read together; any order of events must give the same.
                            await Task.Delay(pieces.Length > 1 ? 1 : 0);
                        }

                        client.Client.Shutdown(SocketShutdown.Send);
                    }
                    catch (Exception exception) when (exception is IOException or SocketException)
                    {
                        // The gateway had seen enough.
                    }

                    client.Dispose();
                    _closed.TrySetResult();
                }
            }
            catch (OperationCanceledException)
            {
                // The test has ended.
            }
        }
    }
}
