using System.Net;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Streaming;

/// <summary>Bodies that come and go in parts, with flat memory.</summary>
public sealed class StreamTests
{
    private const int Megabyte = 1024 * 1024;
    private const long MaxGrowthKb = 48 * 1024;

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    private const string Raw = """
        import os, time
        from azureml.contrib.services.aml_request import rawhttp
        from azureml.contrib.services.aml_response import AMLResponse
        def init():
            pass

        """;

    [Fact]
    public async Task Part_ArrivesBeforeTheNextIsYielded()
    {
        var folder = new AppFolder();
        var go = Path.Combine(folder.TemporaryPath, "go");
        await using var host = await ScoringProcess.StartReadyAsync(folder.WithRun($"""
            yield "first "
            while not os.path.exists({Quote(go)}):
                time.sleep(0.01)
            yield b"second"
            """, "import os, time"), Entry);

        using var response = await SendAsync(host, "{}");
        var stream = await response.Content.ReadAsStreamAsync();
        var first = new byte[6];
        await stream.ReadExactlyAsync(first);
        await File.WriteAllTextAsync(go, "");

        Assert.Equal("first "u8.ToArray(), first);
        Assert.Equal("second", await new StreamReader(stream).ReadToEndAsync());
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Null(response.Content.Headers.ContentLength);
        await host.WaitForLogAsync("POST /score 200");
        Assert.EndsWith("ms N/A", host.Log.Split('\n').Last(line => line.Contains("POST /score", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_BeforeTheFirstPart_Is500()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("raise ValueError('early')\nyield 'x'"), Entry);

        using var response = await host.ScoreAsync("{}");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await host.WaitForLogAsync("ValueError: early");
    }

    [Fact]
    public async Task Failure_BetweenParts_CutsTheAnswerOff()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("yield 'begun'\nif data == 'bad':\n    raise ValueError('late')\nyield '.'"), Entry);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.ScoreTextAsync("bad"));

        await host.WaitForLogAsync("ValueError: late");
        Assert.Equal("begun.", await host.ScoreTextAsync("good"));
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task Client_ThatLeaves_ClosesTheGenerator()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().WithRun("""
            if data == "next":
                yield "next"
                return
            try:
                while True:
                    yield "x" * 1000
                    time.sleep(0.01)
            finally:
                print("the generator was closed")
            """, "import time"), Entry, (ScoringHostVariables.MaxConcurrentRequests, "2"));
        using (var response = await SendAsync(host, "{}"))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[1000]);
        }

        await host.WaitForLogAsync("the generator was closed");
        Assert.Equal("next", await host.ScoreTextAsync("next"));
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task Body_OfAHundredMegabytes_PassesRawScriptsInFlatMemory()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", Raw + """
            @rawhttp
            def run(request):
                size = total = 0
                while True:
                    block = request.stream.read(100000)
                    if not block:
                        return [size, total % 256]
                    size += len(block)
                    total += block[0]
            """), Entry);
        await host.ScoreTextAsync("warm");
        var before = Peaks(host);

        using var response = await host.Client.PostAsync("/score", new PatternContent(100 * Megabyte));

        Assert.StartsWith("[104857600, ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertFlat(before, Peaks(host));
    }

    [Fact]
    public async Task Echo_ReadsWhileItYields_InFlatMemory()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", Raw + """
            def parts(stream):
                while True:
                    block = stream.read(200000)
                    if not block:
                        return
                    yield block
            @rawhttp
            def run(request):
                return AMLResponse(parts(request.stream), 200, {"Content-Type": "application/x-echo"})
            """), Entry);
        await host.ScoreTextAsync("warm");
        var before = Peaks(host);
        // The usual client reads nothing before it has sent all. Version 1.0: the answer has no chunks and ends with the connection.
        using var client = new System.Net.Sockets.TcpClient("127.0.0.1", host.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"POST /score HTTP/1.0\r\nContent-Length: {100 * Megabyte}\r\n\r\n"));
        var sending = new PatternContent(100 * Megabyte).CopyToAsync(stream);
        var head = await ReadHeadAsync(stream);

        Assert.Contains("application/x-echo", head, StringComparison.Ordinal);
        Assert.Equal(100L * Megabyte, await PatternContent.CheckAsync(stream).WaitAsync(TimeSpan.FromSeconds(60)));
        await sending;
        AssertFlat(before, Peaks(host));
    }

    [Fact]
    public async Task Answer_MayComeBeforeTheBodyWasRead()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", Raw + """
            @rawhttp
            def run(request):
                return AMLResponse("no, thank you", 403) if request.method == "POST" else "next"
            """), Entry);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new PatternContent(50 * Megabyte) };

        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("no, thank you", await response.Content.ReadAsStringAsync());
        Assert.Equal("\"next\"", await host.Client.GetStringAsync("/score"));
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task ScoringTimeout_CountsUntilTheFirstPart()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("yield 'a'\ntime.sleep(0.8)\nyield 'b'", "import time"), Entry,
            (ScoringHostVariables.ScoringTimeoutMs, "400"));

        Assert.Equal("ab", await host.ScoreTextAsync("{}"));
    }

    private static Task<HttpResponseMessage> SendAsync(ScoringProcess host, string body) => host.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent(body) },
        HttpCompletionOption.ResponseHeadersRead);

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new System.Text.StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static string Quote(string path) => $"'{path}'";

    /// <summary>Most memory ever resident, in KB: of the host, then of its worker.</summary>
    private static long[] Peaks(ScoringProcess host) => [.. host.WorkerIds().Prepend(host.Id).Select(ProcessTree.PeakKb)];

    private static void AssertFlat(long[] before, long[] after) => Assert.All(
        before.Zip(after), pair => Assert.InRange(pair.Second - pair.First, 0, MaxGrowthKb));
}
