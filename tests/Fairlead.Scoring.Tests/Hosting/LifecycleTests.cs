using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Hosting;

public sealed class LifecycleTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    private const string Gated = """
        import os, time
        here = os.path.dirname(os.path.abspath(__file__))
        def wait(name):
            print("waits", name, flush=True)
            while not os.path.exists(os.path.join(here, name)):
                time.sleep(0.01)
        def init():
            if os.path.exists(os.path.join(here, "slow-init")):
                wait("init")
        def run(data):
            if data:
                wait(data)
            return data
        """;

    [Fact]
    public async Task Host_BeforeInitHasEnded_ListensAndRefusesAsStarting()
    {
        var folder = new AppFolder().With("score.py", Gated).With("slow-init", "");
        await using var host = await ScoringProcess.StartListeningAsync(folder, Entry);
        await host.WaitForLogAsync("waits init");

        using var health = await host.Client.GetAsync("/");
        using var score = await host.ScoreAsync("");

        Assert.Equal(503, (int)health.StatusCode);
        Assert.Equal("Starting", await health.Content.ReadAsStringAsync());
        Assert.Equal(503, (int)score.StatusCode);
        Assert.Equal("starting", score.Headers.GetValues(ScoringHostHeaders.Refused).Single());

        folder.With("init", "");
        await host.WaitUntilReadyAsync();
        Assert.Equal("\"\"", await host.ScoreTextAsync(""));
    }

    [Fact]
    public async Task Gate_OneOverTheLimit_IsRefusedAsBusyAndNeverRun()
    {
        var folder = new AppFolder().With("score.py", Gated);
        await using var host = await ScoringProcess.StartReadyAsync(
            folder, Entry, (ScoringHostVariables.MaxConcurrentRequests, "2"));
        var running = host.ScoreAsync("first");
        await host.WaitForLogAsync("waits first");
        Task<HttpResponseMessage>[] more = [host.ScoreAsync("first"), host.ScoreAsync("first")];

        using var refused = await await Task.WhenAny(more);

        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Equal("busy", refused.Headers.GetValues(ScoringHostHeaders.Refused).Single());
        folder.With("first", "");
        using var one = await running;
        var answers = await Task.WhenAll(more);
        Assert.True(one.IsSuccessStatusCode);
        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Single(answers, answer => answer == refused);
    }

    [Fact]
    public async Task Sigterm_WithRequestInFlight_FinishesItAndExits0()
    {
        var folder = new AppFolder().With("score.py", Gated);
        await using var host = await ScoringProcess.StartReadyAsync(folder, Entry);
        var workers = host.WorkerIds();
        var pending = host.ScoreAsync("gate");
        await host.WaitForLogAsync("waits gate");

        host.Signal("TERM");
        await host.WaitForLogAsync("Draining: 1 requests in flight");
        using var health = await host.Client.GetAsync("/");
        var late = host.ScoreAsync("");
        folder.With("gate", "");

        Assert.Equal(503, (int)health.StatusCode);
        using var answer = await pending;
        using var lateAnswer = await late;
        Assert.Equal("\"gate\"", await answer.Content.ReadAsStringAsync());
        Assert.Equal("\"\"", await lateAnswer.Content.ReadAsStringAsync());
        Assert.Equal(0, await host.WaitForExitAsync());
        Assert.DoesNotContain(workers, ProcessTree.Lives);
    }

    [Fact]
    public async Task Sigterm_WithRequestThatNeverEnds_ExitsAfterTheDrainLimit()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", Gated), Entry, (ScoringHostVariables.DrainMs, "300"));
        var workers = host.WorkerIds();
        var pending = host.ScoreAsync("never");
        await host.WaitForLogAsync("waits never");

        host.Signal("TERM");

        Assert.Equal(0, await host.WaitForExitAsync());
        Assert.Contains("Gave up on 1 requests after the drain limit of 300 ms", host.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(workers, ProcessTree.Lives);
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () => (await pending).EnsureSuccessStatusCode());
    }

    [Fact]
    public async Task Sigterm_WithinInit_Exits0()
    {
        var folder = new AppFolder().With("score.py", Gated).With("slow-init", "");
        await using var host = await ScoringProcess.StartListeningAsync(folder, Entry);
        await host.WaitForLogAsync("waits init");
        var workers = host.WorkerIds();

        host.Signal("TERM");

        Assert.Equal(0, await host.WaitForExitAsync());
        Assert.DoesNotContain(workers, ProcessTree.Lives);
    }

    [Fact]
    public async Task EndOfInput_WithEndWithParent_EndsHostAndWorkers()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", Gated), Entry, (ScoringHostVariables.EndWithParent, "1"));
        var worker = Assert.Single(host.WorkerIds());

        host.CloseInput();

        Assert.Equal(0, await host.WaitForExitAsync());
        await ProcessTree.WaitUntilGoneAsync(worker);
    }

    [Fact]
    public async Task Parent_KilledWithSigkill_TakesHostAndWorkersWithIt()
    {
        // A parent that is not us: a shell that starts the host with /dev/null as input, and stays.
        var folder = new AppFolder().With("score.py", Gated);
        await using var parent = ScoringProcess.StartBelowShell(folder, Entry, (ScoringHostVariables.EndWithParent, "1"));
        await parent.WaitForLogAsync("ready for serving traffic");
        var host = Assert.Single(parent.WorkerIds());
        var worker = Assert.Single(ProcessTree.ChildrenOf(host));

        parent.Signal("KILL");

        await ProcessTree.WaitUntilGoneAsync(host);
        await ProcessTree.WaitUntilGoneAsync(worker);
    }

    [Fact]
    public async Task DriverModule_GivesRun_AndMainIsTheDefaultScript()
    {
        var folder = new AppFolder()
            .With("main.py", "import inner.real as driver_module\ndef init():\n    driver_module.prefix = 'outer '\ndef run(data):\n    return 'wrong'\n")
            .With("inner/real.py", "def init():\n    raise ValueError()\ndef run(data):\n    return prefix + data\n");
        await using var host = await ScoringProcess.StartReadyAsync(folder);

        Assert.Equal("\"outer x\"", await host.ScoreTextAsync("x"));
        await host.WaitForLogAsync("Found driver script at ");
    }

    [Fact]
    public async Task Init_RunsOnceInEachWorker()
    {
        var folder = new AppFolder().With(
            "score.py", "import os\ndef init():\n    print('init in %d' % os.getpid())\ndef run(data):\n    return os.getpid()\n");
        await using var host = await ScoringProcess.StartReadyAsync(
            folder, (ScoringHostVariables.EntryScript, "score.py"), (ScoringHostVariables.WorkerCount, "3"));

        Assert.Equal(3, host.WorkerIds().Count);
        foreach (var worker in host.WorkerIds())
        {
            await host.WaitForLogAsync($"init in {worker}");
        }

        Assert.Equal(3, host.Log.Split("azmlinfsrv.print - init in").Length - 1);
    }

    [Theory]
    [InlineData("logging.json")]
    [InlineData("sub/logging.json")]
    public async Task LoggingFile_ReplacesTheFormat(string file)
    {
        var folder = new AppFolder()
            .With("sub/score.py", "import logging\ndef init():\n    logging.getLogger('mine').error('spoken')\ndef run(data):\n    pass\n")
            .With(file, """
                {"version": 1, "formatters": {"own": {"format": "OWN %(name)s: %(message)s"}},
                 "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "own", "stream": "ext://sys.stdout"}},
                 "root": {"level": "INFO", "handlers": ["out"]}}
                """);
        await using var host = await ScoringProcess.StartReadyAsync(folder, (ScoringHostVariables.EntryScript, "sub/score.py"));

        await host.WaitForLogAsync("OWN mine: spoken");
    }

    [Fact]
    public async Task SysPath_HasAppRootSourceDirectoryAndScriptFolder_AndNothingOfOurs()
    {
        var folder = new AppFolder()
            .With("code/sub/score.py", "import at_root, at_source, beside, sys\ndef init():\n    pass\ndef run(data):\n    return [p for p in sys.path if p.rstrip('/').endswith('python') or p == '']\n")
            .With("at_root.py", "").With("code/at_source.py", "").With("code/sub/beside.py", "");
        await using var host = await ScoringProcess.StartReadyAsync(
            folder, (ScoringHostVariables.EntryScript, "code/sub/score.py"), (ScoringHostVariables.SourceDirectory, "code"));

        Assert.Equal("[]", await host.ScoreTextAsync(""));
    }
}
