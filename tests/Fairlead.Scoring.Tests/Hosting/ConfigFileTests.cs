using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Hosting;

/// <summary>Settings from a file (§3.5): command line, then variables, then the file.</summary>
public sealed class ConfigFileTests
{
    private const string Timeout = "Scoring timeout is set to ";

    [Theory]
    [InlineData("config.json", "SCORING_TIMEOUT_MS")]
    [InlineData("config.json", "scoring_timeout_ms")]
    [InlineData("sub/config.json", "SCORING_TIMEOUT_MS")]
    public async Task DefaultFile_GivesWhatNoVariableGives(string file, string name)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            Script("sub/score.py").With(file, "{\"" + name + "\": 1234, \"worker_count\": 7, \"hidden_size\": [1], // comment\n}"),
            (ScoringHostVariables.EntryScript, "sub/score.py"), (ScoringHostVariables.WorkerCount, "1"));

        await host.WaitForLogAsync(Timeout + "1234");
        await host.WaitForLogAsync("Settings are taken from ");
        Assert.Single(host.WorkerIds());
    }

    [Fact]
    public async Task NamedFile_GivesTheScriptAndReachesTheWorker()
    {
        var folder = Script("score.py").With("lib/helper.py", "WORD = 'found'").With(
            "score.py", "import helper\ndef init():\n    pass\ndef run(data):\n    return helper.WORD\n")
            .With("settings.json", """{"entry_script": "score.py", "AZUREML_SOURCE_DIRECTORY": "lib"}""");

        await using var host = await ScoringProcess.StartReadyAsync(
            folder, ("AZUREML_CONFIG_FILE", Path.Combine(folder.Path, "settings.json")));

        Assert.Equal("\"found\"", await host.ScoreTextAsync("{}"));
    }

    [Theory]
    [InlineData("""{"SCORING_TIMEOUT": 1}""", "'SCORING_TIMEOUT' is not a setting")]
    [InlineData("""{"WORKER_COUNT": [1]}""", "'WORKER_COUNT' must be a text, a number, true or false")]
    [InlineData("""{"WORKER_COUNT": "two"}""", "WORKER_COUNT is 'two'; allowed is a whole number from 1 to 1024.")]
    [InlineData("[]", "it must be a JSON object of settings")]
    [InlineData("{", "cannot be used: ")]
    public async Task NamedFile_ThatIsWrong_EndsTheStart(string content, string log)
    {
        var folder = Script("score.py").With("settings.json", content);

        await using var host = ScoringProcess.Start(folder, (ScoringHostVariables.EntryScript, "score.py"),
            ("AZUREML_CONFIG_FILE", Path.Combine(folder.Path, "settings.json")));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type": "bert", "WORKER_COUNT": {}}""")]
    [InlineData("not JSON at all")]
    [InlineData("[1]")]
    public async Task DefaultFile_OfTheModelsOwn_IsLeftAlone(string content)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            Script("score.py").With("config.json", content), (ScoringHostVariables.EntryScript, "score.py"));

        Assert.DoesNotContain("Settings are taken", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EntryScript_HasTheDocumentedAlias()
    {
        await using var host = await ScoringProcess.StartReadyAsync(Script("score.py"), ("AML_ENTRY_SCRIPT", "score.py"));

        Assert.Equal("\"x\"", await host.ScoreTextAsync("x"));
    }

    private static AppFolder Script(string name) =>
        new AppFolder().With(name, "def init():\n    pass\ndef run(data):\n    return data\n");
}
