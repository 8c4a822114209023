using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Targets;

namespace Fairlead.Kubernetes.Tests.Targets;

public sealed class PodLogFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-logs-").FullName;
    private readonly PodLogFiles _logs;

    public PodLogFilesTests() => _logs = new PodLogFiles(_folder, TimeProvider.System);

    [Fact]
    public async Task Read_SeveralPods_GivesTheNewestLinesInTheirOrder()
    {
        Append("a", "scoring", 1, "one");
        Append("a", "scoring", 3, "three");
        Append("b", "scoring", 2, "two");
        Append("b", "prepare", 1, "downloaded");

        Assert.Equal(["a one", "b two", "a three"], await ReadAsync(new LogQuery()));
        Assert.Equal(["b two", "a three"], await ReadAsync(new LogQuery(Lines: 2)));
        Assert.Equal(["b two"], await ReadAsync(new LogQuery(Replica: "b")));
        Assert.Equal(["b downloaded"], await ReadAsync(new LogQuery(Init: true)));
        Assert.Empty(await _logs.ReadAsync("other", new LogQuery(), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal("2026-01-01T00:00:03.000000000Z", _logs.LastTime("iris", "a", "scoring"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_Following_GoesOnWithNewLines()
    {
        Append("a", "scoring", 1, "one");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new List<string>();
        try
        {
            await foreach (var line in _logs.ReadAsync("iris", new LogQuery(Follow: true), end.Token))
            {
                seen.Add(line.Text);
                if (line.Text == "one")
                {
                    Append("a", "prepare", 2, "not this");
                    Append("a", "scoring", 1, "one");
                    Append("a", "scoring", 2, "two");
                }
                else
                {
                    await end.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        Assert.Equal(["one", "two"], seen);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Append(string pod, string container, int second, string text) =>
        _logs.Append("iris", new PodLogLine(pod, container, $"2026-01-01T00:00:0{second}.000000000Z", text));

    private async Task<List<string>> ReadAsync(LogQuery query) =>
        await _logs.ReadAsync("iris", query, TestContext.Current.CancellationToken)
            .Select(line => line.Replica + " " + line.Text).ToListAsync(TestContext.Current.CancellationToken);
}
