using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Faults;

/// <summary>What user code can do to its worker within one request: the documented code, and the next request answered.</summary>
public sealed class RunFaultTests
{
    private const string ScriptError =
        """{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""";

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    [Theory]
    [InlineData("ctypes.string_at(0)", "signal 11 (SIGSEGV)")]
    [InlineData("os.abort()", "signal 6 (SIGABRT)")]
    [InlineData("os._exit(0)", "exit code 0")]
    [InlineData("os.kill(os.getpid(), signal.SIGKILL)", "signal 9 (SIGKILL)")]
    [InlineData("raise SystemExit(4)", "SystemExit: 4")]
    [InlineData("raise KeyboardInterrupt()", "KeyboardInterrupt")]
    [InlineData("bytearray(1 << 60)", "MemoryError")]
    [InlineData("recurse = lambda n: recurse(n + 1)\n    recurse(0)", "RecursionError")]
    [InlineData("os.close(1); os.close(2); raise ValueError('unseen')", null)]
    public async Task Run_ThatFails_Is500AndTheNextIsAnswered(string fault, string? log)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(
                $"if data == 'bad':\n    {fault}\nreturn data", "import ctypes, os, signal"), Entry);

        using var response = await host.ScoreAsync("bad");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(ScriptError, await response.Content.ReadAsStringAsync());
        Assert.Equal("True", response.Headers.GetValues("x-ms-run-function-failed").Single());
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
        if (log is not null)
        {
            await host.WaitForLogAsync(log);
        }
    }

    [Theory]
    [InlineData("sys.stdout.close(); sys.stderr.close()")]
    [InlineData("os.close(0); os.close(1); os.close(2)")]
    [InlineData("os.chdir('/')")]
    [InlineData("os.environ.clear()")]
    [InlineData("sys.path.clear()")]
    [InlineData("signal.signal(signal.SIGTERM, signal.SIG_DFL); signal.alarm(0)")]
    [InlineData("threading.Thread(target=lambda: 1 / 0).start()")]
    [InlineData("gc.disable(); sys.setrecursionlimit(200)")]
    [InlineData("os.write(1, b'\\xff\\xfe not text\\n'); sys.stdout.buffer.write(b'\\x80\\n')")]
    [InlineData("print('\\ud800')")]
    [InlineData("with multiprocessing.Pool(2) as pool: pool.map(abs, [-1])")]
    [InlineData("subprocess.run(['true'], check=True)")]
    [InlineData("os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)")]
    public async Task Run_ThatMeddles_IsAnsweredAndSoIsTheNext(string meddling)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(
                $"if data == 'odd':\n    {meddling}\nreturn [data, os.getpid()]",
                "import gc, multiprocessing, os, signal, subprocess, sys, threading"), Entry);
        var worker = Assert.Single(host.WorkerIds());

        Assert.Equal($"[\"odd\", {worker}]", await host.ScoreTextAsync("odd"));
        Assert.Equal($"[\"next\", {worker}]", await host.ScoreTextAsync("next"));
        Assert.Equal($"[\"again\", {worker}]", await host.ScoreTextAsync("again"));
    }

    [Theory]
    [InlineData("return 'child'")]
    [InlineData("raise ValueError('in the child')")]
    [InlineData("sys.exit(0)")]
    public async Task Run_ThatForks_IsAnsweredOnceByTheParent(string child)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(
                $"if data == 'fork':\n    if os.fork() == 0:\n        {child}\n    os.wait()\nreturn data", "import os, sys"),
            Entry);

        Assert.Equal("\"fork\"", await host.ScoreTextAsync("fork"));
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
        Assert.Equal("\"fork\"", await host.ScoreTextAsync("fork"));
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task Run_ThatForksAChildThatLives_IsAnsweredAtOnce()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(
                "pid = os.fork() if data == 'fork' else 1\nif pid == 0:\n    time.sleep(600)\nreturn pid", "import os, time"), Entry);

        var child = int.Parse(await host.ScoreTextAsync("fork"), System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            Assert.Equal("1", await host.ScoreTextAsync("next"));
        }
        finally
        {
            ProcessTree.Kill(child);
        }
    }

    [Fact]
    public async Task Prints_TenThousandInOneRequest_AllReachTheLogInOrder()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("for i in range(10000):\n    print('line', i)\nreturn 'done'"), Entry);

        Assert.Equal("\"done\"", await host.ScoreTextAsync("go"));

        await host.WaitForLogAsync("POST /score 200");
        var numbers = host.Log.Split('\n').Where(line => line.Contains(" - line ", StringComparison.Ordinal))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..]);
        Assert.Equal(Enumerable.Range(0, 10000).Select(i => $"{i}"), numbers);
    }
}
