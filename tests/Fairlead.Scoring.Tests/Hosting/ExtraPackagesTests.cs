using System.IO.Compression;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Hosting;

/// <summary>AZUREML_EXTRA_* and AZUREML_DEBUG_PORT (§3.5).</summary>
public sealed class ExtraPackagesTests
{
    private const string Script = "import extra_thing\ndef init():\n    pass\ndef run(data):\n    return extra_thing.WORD\n";

    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "sub/score.py");

    [Fact]
    public async Task Libraries_AreFoundBesideTheScript()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("sub/score.py", Script).With("sub/libs/extra_thing.py", "WORD = 'library'"),
            Entry, ("AZUREML_EXTRA_PYTHON_LIB_PATH", "libs"));

        Assert.Equal("\"library\"", await host.ScoreTextAsync("{}"));
    }

    [Theory]
    [InlineData("AZUREML_EXTRA_REQUIREMENTS_TXT", "--no-index\n--find-links {0}\nextra-thing==1.0\n")]
    [InlineData("AZUREML_EXTRA_CONDA_YAML", "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.8\n  - numpy\n  - pip:\n    - --no-index\n    - --find-links {0}\n    - extra-thing==1.0  # ours\n")]
    public async Task Packages_AreInstalledOnceForAllWorkers(string variable, string content)
    {
        var folder = new AppFolder().With("sub/score.py", Script);
        var wheels = Directory.CreateDirectory(Path.Combine(folder.Path, "wheels")).FullName;
        WriteWheel(wheels);
        folder.With("sub/packages", content.Replace("{0}", wheels, StringComparison.Ordinal));

        await using var host = await ScoringProcess.StartReadyAsync(
            folder, Entry, (variable, "packages"), (ScoringHostVariables.WorkerCount, "2"));

        Assert.Equal("\"installed\"", await host.ScoreTextAsync("{}"));
        Assert.Single(host.Log.Split('\n'), line => line.Contains("Installing what ", StringComparison.Ordinal));
        Assert.Equal(
            variable.EndsWith("YAML", StringComparison.Ordinal),
            host.Log.Contains("only the pip section is installed; left out: numpy", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AZUREML_EXTRA_REQUIREMENTS_TXT", "packages", "could not be installed:")]
    [InlineData("AZUREML_EXTRA_REQUIREMENTS_TXT", "nowhere.txt", "is 'nowhere.txt', but there is no file ")]
    [InlineData("AZUREML_EXTRA_PYTHON_LIB_PATH", "nowhere", "is 'nowhere', but there is no folder ")]
    [InlineData("AZUREML_DEBUG_PORT", "many", "AZUREML_DEBUG_PORT is 'many'; allowed is a port from 1 to 65535.")]
    public async Task Setting_ThatCannotBeMet_EndsTheStart(string variable, string value, string log)
    {
        await using var host = ScoringProcess.Start(
            new AppFolder().With("sub/score.py", Script).With("sub/packages", "--no-index\nno-such-package\n"),
            Entry, (variable, value));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Debugger_IsWaitedForBeforeTheScript()
    {
        // The real package cannot be had everywhere: a module with the two calls that are documented.
        var folder = new AppFolder().With("sub/score.py", "import debugpy\ndef init():\n    pass\ndef run(data):\n    return debugpy.calls\n")
            .With("modules/debugpy.py", "calls = []\ndef connect(port):\n    calls.append(port)\ndef wait_for_client():\n    calls.append('waited')\n");

        await using var host = await ScoringProcess.StartReadyAsync(
            folder, Entry, ("AZUREML_DEBUG_PORT", "5678"), ("PYTHONPATH", Path.Combine(folder.Path, "modules")));

        Assert.Equal("[5678, \"waited\"]", await host.ScoreTextAsync("{}"));
        await host.WaitForLogAsync("The debugger is attached");
    }

    [Fact]
    public async Task Debugger_ThatIsNotInstalled_IsSaid()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().With("sub/score.py", "def init():\n    pass\ndef run(data):\n    return data\n"),
            Entry, ("AZUREML_DEBUG_PORT", "5678"));

        await host.WaitForLogAsync("the environment has no debugpy");
    }

    /// <summary>A wheel with one module, by hand: nothing here can build one without a network.</summary>
    private static void WriteWheel(string folder)
    {
        using var file = File.Create(Path.Combine(folder, "extra_thing-1.0-py3-none-any.whl"));
        using var wheel = new ZipArchive(file, ZipArchiveMode.Create);
        Write("extra_thing.py", "WORD = 'installed'\n");
        Write("extra_thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: extra-thing\nVersion: 1.0\n");
        Write("extra_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Write("extra_thing-1.0.dist-info/RECORD", "extra_thing.py,,\nextra_thing-1.0.dist-info/METADATA,,\nextra_thing-1.0.dist-info/WHEEL,,\nextra_thing-1.0.dist-info/RECORD,,\n");

        void Write(string name, string text)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
