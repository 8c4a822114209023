using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Hosting;

/// <summary>warmup.json beside an entry script.</summary>
public sealed class WarmUpTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    [Theory]
    [InlineData("def run(data):", "json.loads(data)['x']")]
    [InlineData("async def run(data):", "json.loads(data)['x']")]
    [InlineData("@rawhttp\ndef run(request):", "request.get_json()['x']")]
    public async Task Requests_AreRunBeforeTheServiceIsReady(string head, string value)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("warmup.json", """[{"x": 1}, {"x": 2}]""").With("score.py", $"""
                import json
                from azureml.contrib.services.aml_request import rawhttp
                seen = []
                def init():
                    pass
                {head}
                    seen.append({value})
                    return seen
                """), Entry);

        Assert.Equal("[1, 2, 3]", await host.ScoreTextAsync("""{"x": 3}"""));
        await host.WaitForLogAsync("Warm-up: 2 requests of ");
    }

    [Fact]
    public async Task Request_OfAScriptThatStreams_IsTakenToItsEnd()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("warmup.json", "{}").WithRun("yield 'a'\nprint('all was taken')\nyield 'b'"), Entry);

        await host.WaitForLogAsync("all was taken");
        Assert.Equal("ab", await host.ScoreTextAsync("{}"));
    }

    [Theory]
    [InlineData("{", "it holds one request body, or a list of them")]
    [InlineData("{\"x\": 1}", "run() failed for a request of warmup.json")]
    public async Task Request_ThatFails_EndsTheStart(string content, string log)
    {
        await using var host = ScoringProcess.Start(
            new AppFolder().With("warmup.json", content).WithRun("raise ValueError('not this')"), Entry);

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.OrdinalIgnoreCase);
    }
}
