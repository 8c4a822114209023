using System.IO.Compression;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

/// <summary>Bodies with Content-Encoding.</summary>
public sealed class CompressedBodyTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task StringMode_GetsWhatTheBodyMeans(string encoding)
    {
        await using var host = await StartAsync("return [len(data), data[:5]]");

        using var response = await SendAsync(host, encoding, Compress(encoding, System.Text.Encoding.UTF8.GetBytes(new string('ü', 500_000))));

        Assert.Equal("[500000, \"\\u00fc\\u00fc\\u00fc\\u00fc\\u00fc\"]", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task RawMode_GetsTheBodyAsItIs()
    {
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder().With("score.py", """
            import gzip
            from azureml.contrib.services.aml_request import rawhttp
            def init():
                pass
            @rawhttp
            def run(request):
                return gzip.decompress(request.get_data()).decode()
            """), Entry);

        using var response = await SendAsync(host, "gzip", Compress("gzip", "plain"u8.ToArray()));

        Assert.Equal("\"plain\"", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("gzip", 400, "could not be decompressed")]
    [InlineData("br", 400, "could not be decompressed")]
    [InlineData("zstd", 415, "Content-Encoding is 'zstd'; allowed are gzip, deflate and br.")]
    public async Task Body_ThatIsBroken_IsRefusedAndTheNextIsAnswered(string encoding, int status, string message)
    {
        await using var host = await StartAsync("return data");

        using var response = await SendAsync(host, encoding, "certainly not compressed"u8.ToArray());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("\"next\"", await host.ScoreTextAsync("next"));
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task Body_ThatGrowsOverTheLimit_Is413()
    {
        await using var host = await StartAsync("return len(data)");

        using var response = await SendAsync(host, "gzip", Compress("gzip", new byte[101 * 1024 * 1024]));

        Assert.Equal(413, (int)response.StatusCode);
        Assert.Equal("4", await host.ScoreTextAsync("next"));
    }

    private static Task<ScoringProcess> StartAsync(string run) =>
        ScoringProcess.StartReadyAsync(new AppFolder().WithRun(run), Entry);

    private static async Task<HttpResponseMessage> SendAsync(ScoringProcess host, string encoding, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentEncoding.Add(encoding);
        return await host.Client.PostAsync("/score", content);
    }

    private static byte[] Compress(string encoding, byte[] data)
    {
        using var target = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(target),
        })
        {
            stream.Write(data);
            if (encoding == "identity")
            {
                stream.Flush();
                return target.ToArray();
            }
        }

        return target.ToArray();
    }
}
