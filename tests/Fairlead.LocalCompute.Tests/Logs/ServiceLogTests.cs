using Fairlead.Contracts.Computes;
using Fairlead.LocalCompute.Logs;

namespace Fairlead.LocalCompute.Tests.Logs;

public sealed class ServiceLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-logs-").FullName;
    private readonly LocalComputeOptions _options = new() { LogFileBytes = 2048, LogFiles = 3 };

    [Fact]
    public async Task Read_TwoReplicas_MergesByTimeAndTakesTheNewest()
    {
        var log = Log();
        for (var number = 0; number < 10; number++)
        {
            log.Append(number % 2 == 0 ? "a" : "b", $"line {number}");
        }

        Assert.Equal(["line 7", "line 8", "line 9"], await ReadAsync(log, new LogQuery(3)));
        Assert.Equal(["line 5", "line 7", "line 9"], await ReadAsync(log, new LogQuery(3, Replica: "b")));
    }

    [Fact]
    public async Task Append_PastTheSize_RotatesAndKeepsTheNewestFiles()
    {
        var log = Log();
        for (var number = 0; number < 1000; number++)
        {
            log.Append("a", $"line {number:0000}");
        }

        var files = Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)!).Order();
        Assert.Equal(["a.log", "a.log.1", "a.log.2"], files);
        Assert.All(Directory.GetFiles(_folder), path => Assert.InRange(new FileInfo(path).Length, 1, 2048));
        var lines = await ReadAsync(log, new LogQuery());
        Assert.Equal(Enumerable.Range(1000 - lines.Count, lines.Count).Select(number => $"line {number:0000}"), lines);
        Assert.InRange(lines.Count, 100, 200);
    }

    [Fact]
    public async Task Read_AfterTheReplicaAndTheServerAreGone_StillHasItsLines()
    {
        var log = Log();
        log.Append("a", "last words, with ünïcode");
        log.Close("a");

        Assert.Equal(["last words, with ünïcode"], await ReadAsync(Log(), new LogQuery()));
    }

    [Fact]
    public async Task Follow_NewLines_ComeAfterTheTailWithoutGapOrDouble()
    {
        var log = Log();
        log.Append("a", "0");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var writer = Task.CompletedTask;
        var seen = new List<string>();

        await foreach (var line in log.ReadAsync(new LogQuery(Follow: true), limit.Token))
        {
            if (seen.Count == 0)
            {
                writer = Task.Run(() => Enumerable.Range(1, 500).ToList().ForEach(number => log.Append(number % 2 == 0 ? "a" : "b", $"{number}")));
            }

            seen.Add(line.Text);
            if (seen.Count == 501)
            {
                break;
            }
        }

        await writer;
        Assert.Equal(Enumerable.Range(0, 501).Select(number => $"{number}"), seen);
    }

    [Fact]
    public void Sweep_OldAndTooMuch_RemovesOldestOfClosedLogs()
    {
        var log = Log();
        foreach (var replica in (string[])["old", "older", "open"])
        {
            log.Append(replica, new string('x', 500));
        }

        log.Close("old");
        log.Close("older");
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "older.log"), DateTime.UtcNow.AddDays(-8));
        log.Sweep();
        Assert.Equal(["old.log", "open.log"], Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)!).Order());

        _options.LogBytesPerService = 600;
        log.Sweep();
        Assert.Equal(["open.log"], Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)!));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<List<string>> ReadAsync(ServiceLog log, LogQuery query) =>
        await log.ReadAsync(query, CancellationToken.None).Select(line => line.Text).ToListAsync();

    private ServiceLog Log() => new(_folder, _options, TimeProvider.System);
}
