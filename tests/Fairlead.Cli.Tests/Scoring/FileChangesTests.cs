using Fairlead.Cli.Scoring;

namespace Fairlead.Cli.Tests.Scoring;

public sealed class FileChangesTests
{
    [Theory]
    [InlineData("score.py", true)]
    [InlineData("lib/helper.PY", true)]
    [InlineData("model/1/model.onnx", true)]
    [InlineData("__pycache__/score.cpython-311.pyc", false)]
    [InlineData("__pycache__/score.py", false)]
    [InlineData(".git/config.json", false)]
    [InlineData("lib/.score.py.swp", false)]
    [InlineData("notes.md", false)]
    public void Counts_TakesWhatAServiceIsMadeOf(string path, bool counts) => Assert.Equal(counts, FileChanges.Counts(path));

    [Fact]
    public async Task Next_GathersWhatIsSavedTogether()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-changes-").FullName;
        try
        {
            using var changes = new FileChanges([folder]);
            var next = changes.NextAsync(TestContext.Current.CancellationToken);

            await File.WriteAllTextAsync(Path.Combine(folder, "notes.md"), "x", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "b.py"), "x", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "a.json"), "x", TestContext.Current.CancellationToken);

            await next.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal(["a.json", "b.py"], changes.TakeNames());
            Assert.Empty(changes.TakeNames());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
