using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Concurrency;

/// <summary><c>run_batch(items)</c>: one call for several requests.</summary>
public sealed class BatchTests
{
    private const string ScriptError =
        """{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""";

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    /// <summary>Answers each item with the size of its batch; the delay is long, so that a full batch is what ends it.</summary>
    private const string Script = """
        def init():
            pass
        def run(data):
            return "alone " + data
        def run_batch(items):
            if "short" in items:
                return []
            if "all fail" in items:
                raise RuntimeError("the whole batch")
            return [ValueError("bad item") if item == "bad" else [item, len(items)] for item in items]

        """;

    [Fact]
    public async Task Requests_ThatComeTogether_AreOneBatch()
    {
        await using var host = await StartAsync(size: 4, delayMs: 20_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.ScoreTextAsync($"{i}")));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"[\"{i}\", 4]"), answers);
        await host.WaitForLogAsync("run_batch() gets up to 4 requests at a time, gathered for at most 20000 ms");
    }

    [Fact]
    public async Task Request_Alone_WaitsForTheDelayOnly()
    {
        await using var host = await StartAsync(size: 4, delayMs: 1);

        Assert.Equal("[\"one\", 1]", await host.ScoreTextAsync("one"));
    }

    [Fact]
    public async Task Exception_InTheList_FailsItsItemAlone()
    {
        await using var host = await StartAsync(size: 3, delayMs: 20_000);

        var answers = await Task.WhenAll(new[] { "a", "bad", "c" }.Select(host.ScoreTextAsync));

        Assert.Equal(["[\"a\", 3]", ScriptError, "[\"c\", 3]"], answers);
        await host.WaitForLogAsync("ValueError: bad item");
    }

    [Theory]
    [InlineData("short", "run_batch() got 2 items and returned 0 results")]
    [InlineData("all fail", "RuntimeError: the whole batch")]
    public async Task Batch_ThatFails_FailsAllItsItemsAndNoOther(string item, string log)
    {
        await using var host = await StartAsync(size: 2, delayMs: 20_000);

        var answers = await Task.WhenAll(new[] { item, "x" }.Select(host.ScoreTextAsync));

        Assert.All(answers, answer => Assert.Equal(ScriptError, answer));
        await host.WaitForLogAsync(log);
        var next = await Task.WhenAll(new[] { "y", "z" }.Select(host.ScoreTextAsync));
        Assert.Equal(["[\"y\", 2]", "[\"z\", 2]"], next);
    }

    [Fact]
    public async Task Batches_AreOffByDefault()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", Script), Entry);

        Assert.Equal("\"alone x\"", await host.ScoreTextAsync("x"));
    }

    [Fact]
    public async Task Batch_MayBeACoroutine()
    {
        await using var host = await StartAsync(size: 2, delayMs: 20_000, """
            import asyncio
            def init():
                pass
            async def run(data):
                pass
            async def run_batch(items):
                await asyncio.sleep(0)
                return [len(items) for _ in items]
            """);

        Assert.Equal(["2", "2"], await Task.WhenAll(host.ScoreTextAsync("a"), host.ScoreTextAsync("b")));
    }

    [Fact]
    public async Task Batch_OfARawScript_EndsTheStart()
    {
        await using var host = ScoringProcess.Start(
            new AppFolder().With("score.py", """
                from azureml.contrib.services.aml_request import rawhttp
                def init():
                    pass
                @rawhttp
                def run(request):
                    pass
                def run_batch(items):
                    pass
                """), Entry, (ScoringHostVariables.MaxBatchSize, "2"));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains("but run() is decorated with @rawhttp", host.Log, StringComparison.Ordinal);
    }

    private static Task<ScoringProcess> StartAsync(int size, int delayMs, string script = Script) =>
        ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", script), Entry,
            (ScoringHostVariables.MaxBatchSize, $"{size}"), (ScoringHostVariables.MaxBatchDelayMs, $"{delayMs}"));
}
