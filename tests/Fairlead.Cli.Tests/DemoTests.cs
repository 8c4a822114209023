namespace Fairlead.Cli.Tests;

/// <summary><c>demo</c> with the real samples; the workspace in memory answers what it was asked.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_Twice_DeploysEverySampleAndRegistersOnce()
    {
        await using var cli = new CliRun();
        cli.Variables["FAIRLEAD_SAMPLES"] = SamplesFolder();

        (await cli.RunAsync("demo")).Ok();
        var models = cli.Workspace.Models.Count;
        var again = (await cli.RunAsync("demo", "-o", "json")).Ok();

        Assert.Equal(["digits", "digits-onnx", "iris", "slow", "two-models"], cli.Workspace.Services.Keys.Order());
        Assert.Equal(models, cli.Workspace.Models.Count);
        Assert.Equal(5, again.Json.AsArray().Count);
    }

    private static string SamplesFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
            {
                return Path.Combine(folder.FullName, "samples");
            }
        }

        throw new InvalidOperationException("run from a checkout");
    }
}
