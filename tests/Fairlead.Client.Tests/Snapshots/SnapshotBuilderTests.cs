using Fairlead.Client.Snapshots;
using Fairlead.Client.Tests.Fakes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Tests.Snapshots;

/// <summary>What goes into a snapshot (§7.1).</summary>
public sealed class SnapshotBuilderTests
{
    [Fact]
    public void Build_BothIgnoreFiles_AmlignoreWinsAlsoInFoldersBelow()
    {
        using var folder = new TemporaryFolder();
        folder.File(".amlignore", "*.log\n");
        folder.File(".gitignore", "score.py\n");
        folder.File("score.py");
        folder.File("a.log");
        folder.File("sub/.gitignore", "*\n");
        folder.File("sub/.amlignore", "secret.txt\n");
        folder.File("sub/secret.txt");
        folder.File("sub/kept.txt");
        folder.File(".git/HEAD");

        var files = SnapshotBuilder.Build(folder.Path, new SnapshotOptions());

        Assert.Equal(
            [".amlignore", ".gitignore", "score.py", "sub/.amlignore", "sub/.gitignore", "sub/kept.txt"],
            files.Files.Select(file => file.Path));
        Assert.Equal(".amlignore line 1: *.log", files.WhyIgnored("a.log"));
    }

    [Fact]
    public void Build_IgnoreFilesOff_TakesAllButGit()
    {
        using var folder = new TemporaryFolder();
        folder.File(".gitignore", "*\n");
        folder.File("score.py");
        folder.File(".git/HEAD");

        var files = SnapshotBuilder.Build(folder.Path, new SnapshotOptions { UseIgnoreFiles = false });

        Assert.Equal([".gitignore", "score.py"], files.Files.Select(file => file.Path));
    }

    [Fact]
    public void Build_LinkOutOfTheFolder_IsRefusedWithPathAndTarget()
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        var target = outside.File("secret.txt");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link.txt"), target);

        var error = Assert.Throws<FairleadException>(() => SnapshotBuilder.Build(folder.Path, new SnapshotOptions()));

        Assert.Contains("'link.txt'", error.Message, StringComparison.Ordinal);
        Assert.Contains(target, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_LinkOutThatIsIgnored_IsLeftOut()
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Path, "data"), outside.Path);
        folder.File(".amlignore", "data\n");
        folder.File("score.py");

        Assert.Equal(2, SnapshotBuilder.Build(folder.Path, new SnapshotOptions()).Files.Count);
    }

    [Fact]
    public void Build_LinksInside_AreFollowedAsContent()
    {
        using var folder = new TemporaryFolder();
        folder.File("lib/a.py", "12345");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "copy"), Path.Combine(folder.Path, "lib"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "b.py"), "lib/a.py");

        var files = SnapshotBuilder.Build(folder.Path, new SnapshotOptions()).Files;

        Assert.Equal(["b.py", "copy/a.py", "lib/a.py"], files.Select(file => file.Path));
        Assert.All(files, file => Assert.Equal(5, file.Size));
    }

    [Fact]
    public void Build_LinkToAFolderThatHoldsIt_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Folder("sub");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "sub/up"), folder.Path);

        var error = Assert.Throws<FairleadException>(() => SnapshotBuilder.Build(folder.Path, new SnapshotOptions()));

        Assert.Contains("'sub/up'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OverTheSizeLimit_NamesTheFiveLargestEntriesAndTheIgnoreFile()
    {
        using var folder = new TemporaryFolder();
        foreach (var size in Enumerable.Range(1, 7))
        {
            folder.File($"file{size}.bin", new string('x', size * 100));
        }

        folder.File("venv/a", new string('x', 5000));

        var error = Assert.Throws<FairleadException>(
            () => SnapshotBuilder.Build(folder.Path, new SnapshotOptions { MaxBytes = 3000 }));

        Assert.Equal(ErrorCodes.SnapshotTooLarge, error.Error.Code);
        Assert.Equal(["venv/", "file7.bin", "file6.bin", "file5.bin", "file4.bin"], error.Error.Details.Select(detail => detail.Target));
        Assert.Contains(".amlignore", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OneFileOverTheCount_IsRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (var number in Enumerable.Range(0, 2001))
        {
            folder.File($"many/{number}", "");
        }

        var error = Assert.Throws<FairleadException>(() => SnapshotBuilder.Build(folder.Path, new SnapshotOptions()));

        Assert.Contains("2000 files", error.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder.Path, "many/0"));
        Assert.Equal(2000, SnapshotBuilder.Build(folder.Path, new SnapshotOptions()).Files.Count);
    }
}
