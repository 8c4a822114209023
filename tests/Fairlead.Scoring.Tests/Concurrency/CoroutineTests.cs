using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Concurrency;

/// <summary><c>async def run</c>: many requests in one worker.</summary>
public sealed class CoroutineTests
{
    private const string ScriptError =
        """{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""";

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    private const string Script = """
        import asyncio, json, time
        waiting = 0
        go = None
        ready = False
        async def init():
            global go, ready
            await asyncio.sleep(0)
            go = asyncio.Event()
            ready = True
        async def run(data):
            global waiting
            if data == "peak":
                return [ready, waiting]
            if data == "fail":
                raise ValueError("one of many")
            if data == "stuck":
                time.sleep(600)
            if data == "stream":
                return parts()
            waiting += 1
            print("waiting", waiting, flush=True)
            try:
                if waiting >= int(data):
                    go.set()
                await asyncio.wait_for(go.wait(), 20)
                return data
            except asyncio.CancelledError:
                print("cancelled", flush=True)
                raise
            finally:
                waiting -= 1
        async def parts():
            for i in range(3):
                yield str(i)
                await asyncio.sleep(0)

        """;

    [Fact]
    public async Task Requests_AreInsideTogether()
    {
        await using var host = await StartAsync();
        Assert.Single(host.WorkerIds());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.ScoreTextAsync("8")));

        Assert.All(answers, answer => Assert.Equal("\"8\"", answer));
        Assert.Equal("[true, 0]", await host.ScoreTextAsync("peak"));
    }

    [Fact]
    public async Task Requests_OverTheLimitOfTheService_AreRefused()
    {
        await using var host = await StartAsync((ScoringHostVariables.MaxConcurrentRequests, "2"));
        var first = host.ScoreTextAsync("3");
        var second = host.ScoreTextAsync("3");
        await host.WaitForLogAsync("waiting 2");

        using var refused = await host.ScoreAsync("3");

        Assert.Equal(503, (int)refused.StatusCode);
        host.Signal("KILL");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Task.WhenAll(first, second));
    }

    [Fact]
    public async Task Failure_OfOne_IsItsOwn()
    {
        await using var host = await StartAsync();
        var other = host.ScoreTextAsync("2");
        await host.WaitForLogAsync("waiting 1");

        Assert.Equal(ScriptError, await host.ScoreTextAsync("fail"));

        Assert.Equal("\"2\"", await host.ScoreTextAsync("2"));
        Assert.Equal("\"2\"", await other);
        await host.WaitForLogAsync("ValueError: one of many");
    }

    [Fact]
    public async Task ScoringTimeout_CancelsOneAndKeepsTheWorker()
    {
        await using var host = await StartAsync((ScoringHostVariables.ScoringTimeoutMs, "500"));
        var worker = Assert.Single(host.WorkerIds());

        using var late = await host.ScoreAsync("99");

        Assert.Equal(500, (int)late.StatusCode);
        Assert.Equal("""{"message": "Scoring timeout after 500 ms"}""", await late.Content.ReadAsStringAsync());
        await host.WaitForLogAsync("cancelled");
        Assert.Equal("[true, 0]", await host.ScoreTextAsync("peak"));
        Assert.Equal([worker], host.WorkerIds());
    }

    [Fact]
    public async Task Loop_ThatIsStuck_CostsTheWorkerAndIsReplaced()
    {
        await using var host = await StartAsync((ScoringHostVariables.ScoringTimeoutMs, "500"));
        var worker = Assert.Single(host.WorkerIds());

        using var late = await host.ScoreAsync("stuck");

        Assert.Equal("""{"message": "Scoring timeout after 500 ms"}""", await late.Content.ReadAsStringAsync());
        Assert.Equal("[true, 0]", await host.ScoreTextAsync("peak"));
        Assert.DoesNotContain(worker, host.WorkerIds());
    }

    [Fact]
    public async Task Worker_ThatDies_FailsAllItsRequests()
    {
        await using var host = await StartAsync();
        var pending = Enumerable.Range(0, 3).Select(_ => host.ScoreTextAsync("99")).ToArray();
        await host.WaitForLogAsync("waiting 3");

        ProcessTree.Kill(Assert.Single(host.WorkerIds()));

        Assert.All(await Task.WhenAll(pending), answer => Assert.Equal(ScriptError, answer));
        Assert.Equal("[true, 0]", await host.ScoreTextAsync("peak"));
    }

    [Fact]
    public async Task Client_ThatLeaves_CancelsItsCoroutine()
    {
        await using var host = await StartAsync();
        using var leaving = new CancellationTokenSource();
        var abandoned = host.Client.PostAsync("/score", new StringContent("99"), leaving.Token);
        await host.WaitForLogAsync("waiting 1");

        await leaving.CancelAsync();

        await host.WaitForLogAsync("cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal("[true, 0]", await host.ScoreTextAsync("peak"));
    }

    [Fact]
    public async Task AsyncGenerator_IsStreamed()
    {
        await using var host = await StartAsync();

        Assert.Equal("012", await host.ScoreTextAsync("stream"));
    }

    [Fact]
    public async Task SlowReader_HoldsUpItselfAlone()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", """
            async def init():
                pass
            async def run(data):
                return parts() if data == "much" else data
            async def parts():
                for i in range(400):
                    yield b"x" * 262144
            """), Entry);
        using var slow = await host.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent("much") },
            HttpCompletionOption.ResponseHeadersRead);

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("\"quick\"", await host.ScoreTextAsync("quick"));
        }

        Assert.InRange(ProcessTree.PeakKb(host.Id), 0, 80 * 1024);
        Assert.Equal(400 * 262144, (await slow.Content.ReadAsByteArrayAsync()).Length);
    }

    private static Task<ScoringProcess> StartAsync(params (string, string)[] variables) =>
        ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", Script), [Entry, .. variables]);
}
