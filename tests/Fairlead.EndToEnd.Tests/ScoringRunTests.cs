using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary><c>fairlead scoring run</c>: edit, save, try again.</summary>
public sealed class ScoringRunTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Script_IsServedAgainWhenItIsSaved()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-run-").FullName;
        var script = Path.Combine(folder, "score.py");
        await File.WriteAllTextAsync(script, Answering("one"));
        var url = new Uri($"http://127.0.0.1:{FreePort()}/score");
        using var http = new HttpClient();
        var output = new StringBuilder();
        using var process = Start("scoring", "run", "score.py", "--port", url.Port.ToString(CultureInfo.InvariantCulture), "--python", Installation.Python);
        try
        {
            await AnswersAsync("\"one\"");

            await File.WriteAllTextAsync(script, Answering("two"));
            await AnswersAsync("\"two\"");

            await File.WriteAllTextAsync(script, "def init(:\n");
            await SaysAsync("save a file to try again");
            await File.WriteAllTextAsync(script, Answering("three"));
            await AnswersAsync("\"three\"");

            Server.Terminate(process.Id);
            await process.WaitForExitAsync().WaitAsync(Limit);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(url));
            Assert.Contains("score.py changed; starting again", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            Directory.Delete(folder, recursive: true);
        }

        Process Start(params string[] arguments)
        {
            var info = new ProcessStartInfo(Installation.Binary("fairlead"), arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var started = Process.Start(info)!;
            started.OutputDataReceived += (_, line) => Add(line.Data);
            started.ErrorDataReceived += (_, line) => Add(line.Data);
            started.BeginOutputReadLine();
            started.BeginErrorReadLine();
            return started;
        }

        void Add(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }

        Task AnswersAsync(string expected) => WaitAsync(expected, async () =>
        {
            try
            {
                using var content = new StringContent("{}");
                using var response = await http.PostAsync(url, content);
                return await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException exception)
            {
                return exception.Message;
            }
        });

        Task SaysAsync(string expected) => WaitAsync(expected, () =>
        {
            lock (output)
            {
                return Task.FromResult(output.ToString());
            }
        });

        async Task WaitAsync(string expected, Func<Task<string>> look)
        {
            var begun = Stopwatch.StartNew();
            string seen;
            while (!(seen = await look()).Contains(expected, StringComparison.Ordinal))
            {
                if (begun.Elapsed > Limit)
                {
                    lock (output)
                    {
                        Assert.Fail($"Not seen: {expected}, but {seen}\n{output}");
                    }
                }

                await Task.Delay(50);
            }
        }
    }

    [Theory]
    [InlineData("scoring run", "say what to serve")]
    [InlineData("scoring run nowhere.py", "the entry script 'nowhere.py' does not exist")]
    [InlineData("scoring run --model-framework Onnx --model-dir nowhere", "--model-dir 'nowhere' does not exist")]
    public async Task Line_ThatCannotBeServed_IsRefused(string line, string message)
    {
        var result = await ProgramRun.RunAsync(Installation.Binary("fairlead"), line.Split(' '));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.All, StringComparison.Ordinal);
    }

    private static string Answering(string word) => $"def init():\n    pass\ndef run(data):\n    return '{word}'\n";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
