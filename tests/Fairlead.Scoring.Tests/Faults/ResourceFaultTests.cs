using System.Diagnostics;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Faults;

/// <summary>Little memory, little disk, many models.</summary>
public sealed class ResourceFaultTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    [Fact]
    public async Task Run_OverTheMemoryLimit_Is500AndTheNextIsAnswered()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("score.py", """
                import resource
                def init():
                    resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
                def run(data):
                    return len(bytearray(int(data)))
                """), Entry);

        using var response = await host.ScoreAsync("1000000000");

        Assert.Equal(500, (int)response.StatusCode);
        await host.WaitForLogAsync("MemoryError");
        Assert.Equal("1000", await host.ScoreTextAsync("1000"));
    }

    [Fact]
    public async Task Body_Of100Megabytes_NeedsNoTemporaryFiles()
    {
        var folder = new AppFolder().WithRun("return len(data)");
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.TemporaryPath);
        try
        {
            await using var host = await ScoringProcess.StartReadyAsync(folder, Entry, ("TMPDIR", folder.TemporaryPath));
            var text = new byte[100 * 1024 * 1024];
            text.AsSpan().Fill((byte)'x');
            using var body = new ByteArrayContent(text);

            using var response = await host.Client.PostAsync("/score", body);

            Assert.Equal("104857600", await response.Content.ReadAsStringAsync());
            Run("umount", "-l", folder.TemporaryPath);
        }
        catch
        {
            Run("umount", "-l", folder.TemporaryPath);
            throw;
        }
    }

    [Fact]
    public async Task Service_OfAThousandModels_StartsAndReachesEach()
    {
        var folder = new AppFolder().WithRun(
            "with open(os.path.join(os.environ['AZUREML_MODEL_DIR'], data, '1', 'model.txt')) as file:\n    return file.read()",
            "import os");
        for (var i = 0; i < 1000; i++)
        {
            folder.WithModel($"model-{i}/1/model.txt", System.Text.Encoding.UTF8.GetBytes($"weights {i}"));
        }

        await using var host = await ScoringProcess.StartReadyAsync(
            folder, Entry, (ScoringHostVariables.ModelDirectory, folder.ModelPath));

        Assert.Equal("\"weights 0\"", await host.ScoreTextAsync("model-0"));
        Assert.Equal("\"weights 999\"", await host.ScoreTextAsync("model-999"));
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
