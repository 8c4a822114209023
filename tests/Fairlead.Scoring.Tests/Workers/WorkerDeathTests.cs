using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Workers;

public sealed class WorkerDeathTests
{
    private const string ScriptError =
        """{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""";

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    /// <summary>Says on the log that it has begun, then waits in the given way.</summary>
    private const string Waiting = """
        print("begun", data, flush=True)
        if data == "sleep":
            time.sleep(600)
        if data == "native":
            sum(itertools.repeat(0, 10 ** 13))
        if data == "short":
            time.sleep(1)
        return data
        """;

    [Fact]
    public async Task Worker_KilledWhileScoring_Answers500AndIsReplaced()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(Waiting, "import itertools, time"), Entry);
        var worker = Assert.Single(host.WorkerIds());
        var pending = host.ScoreAsync("sleep");
        await host.WaitForLogAsync("begun sleep");

        ProcessTree.Kill(worker);

        using var response = await pending;
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(ScriptError, await response.Content.ReadAsStringAsync());
        Assert.Equal("True", response.Headers.GetValues("x-ms-run-function-failed").Single());
        await host.WaitForLogAsync("signal 9 (SIGKILL)");
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
    }

    [Fact]
    public async Task Run_ThatEndsTheProcess_Answers500WithExitCodeInTheLog()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("os._exit(7) if data == 'die' else None\nreturn data", "import os"), Entry);

        Assert.Equal(ScriptError, await host.ScoreTextAsync("die"));
        Assert.Equal(ScriptError, await host.ScoreTextAsync("die"));

        await host.WaitForLogAsync("ended while it answered a request: exit code 7");
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
    }

    [Fact]
    public async Task Worker_KilledWhileAnotherScores_DoesNotDisturbIt()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(
                "print('begun', os.getpid(), flush=True)\ntime.sleep(1)\nreturn os.getpid()", "import os, time"),
            Entry, (ScoringHostVariables.WorkerCount, "2"));
        var workers = host.WorkerIds();
        var first = host.ScoreAsync("1");
        var second = host.ScoreAsync("2");
        await host.WaitForLogAsync($"begun {workers[0]}");
        await host.WaitForLogAsync($"begun {workers[1]}");

        ProcessTree.Kill(workers[0]);

        using var one = await first;
        using var two = await second;
        var ok = new[] { one, two }.Single(response => response.IsSuccessStatusCode);
        Assert.Equal(workers[1].ToString(CultureInfo.InvariantCulture), await ok.Content.ReadAsStringAsync());
        Assert.Contains(new[] { one, two }, response => (int)response.StatusCode == 500);
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData("native")]
    public async Task Run_OverTheScoringTimeout_Is500AndTheWorkerIsReplaced(string body)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(Waiting, "import itertools, time"), Entry, (ScoringHostVariables.ScoringTimeoutMs, "700"));
        var worker = Assert.Single(host.WorkerIds());

        using var response = await host.ScoreAsync(body);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("""{"message": "Scoring timeout after 700 ms"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("True", response.Headers.GetValues("x-ms-run-function-failed").Single());
        Assert.False(ProcessTree.Lives(worker));
        await host.WaitForLogAsync("score.py\", line ");
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
    }

    [Fact]
    public async Task Host_KilledWithSigkill_LeavesNoWorker()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(Waiting, "import itertools, time"), Entry, (ScoringHostVariables.WorkerCount, "2"));
        var workers = host.WorkerIds();
        Assert.Equal(2, workers.Count);
        var pending = host.ScoreAsync("native");
        await host.WaitForLogAsync("begun native");

        Assert.Empty(host.SocketFolders());
        host.Signal("KILL");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => pending);
        foreach (var worker in workers)
        {
            await ProcessTree.WaitUntilGoneAsync(worker);
        }
    }

    [Fact]
    public async Task Client_ThatLeaves_KeepsTheSlotUntilRunHasEnded()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(Waiting, "import itertools, time"), Entry,
            (ScoringHostVariables.MaxConcurrentRequests, "1"));
        using var leaving = new CancellationTokenSource();
        var abandoned = host.Client.PostAsync("/score", new StringContent("short"), leaving.Token);
        await host.WaitForLogAsync("begun short");
        var begun = Stopwatch.StartNew();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);

        using var refused = await host.ScoreAsync("early");
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Equal("busy", refused.Headers.GetValues(ScoringHostHeaders.Refused).Single());
        await host.WaitForLogAsync("azmlinfsrv - POST /score 200 ");
        Assert.True(begun.Elapsed > TimeSpan.FromMilliseconds(500), "run() was not waited for");
        Assert.Equal("\"late\"", await host.ScoreTextAsync("late"));
    }

    [Fact]
    public async Task Client_ThatLeavesWithinItsBody_LeavesAFreeWorker()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("return data"), Entry, (ScoringHostVariables.MaxConcurrentRequests, "1"));
        using (var socket = new System.Net.Sockets.TcpClient("127.0.0.1", host.Port))
        {
            await socket.GetStream().WriteAsync("POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray());
            await Task.Yield();
        }

        await host.WaitForLogAsync("azmlinfsrv - POST /score ");
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
        Assert.Single(host.WorkerIds());
    }
}
