using System.Text.Json.Nodes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Materialising;
using Fairlead.LocalCompute.State;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Materialising;

public sealed class AppFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-app-").FullName;
    private readonly LocalComputePaths _paths;
    private readonly FolderBlobs _blobs;

    public AppFolderTests()
    {
        _paths = new LocalComputePaths(_folder);
        _paths.CreateFolders();
        _blobs = new FolderBlobs(Path.Combine(_folder, "blobs"));
    }

    [Fact]
    public async Task Build_OneModel_ModelDirectoryIsItsVersion()
    {
        var app = await BuildAsync([new("Iris_Model", 3, "Onnx", _blobs.AddFolder(("folder/model.onnx", "weights")))]);

        Assert.Equal(Path.Combine(app.Root, "azureml-models/Iris_Model/3"), app.ModelDirectory);
        Assert.Equal("weights", File.ReadAllText(Path.Combine(app.ModelDirectory, "folder/model.onnx")));
        Assert.Equal("print()", File.ReadAllText(Path.Combine(app.Root, "src/score.py")));
        var map = JsonNode.Parse(File.ReadAllText(Path.Combine(app.Root, "model_config_map.json")))!;
        Assert.Equal("Iris_Model:3", (string)map["models"]!["Iris_Model"]!["id"]!);
    }

    [Fact]
    public async Task Build_SeveralModels_ModelDirectoryIsTheFolderOfAll()
    {
        var app = await BuildAsync(
            [new("a", 1, null, _blobs.AddFolder(("x", "1"))), new("a", 2, null, _blobs.AddFolder(("x", "2"))), new("b", 1, null, _blobs.AddFolder(("x", "3")))]);

        Assert.Equal(Path.Combine(app.Root, "azureml-models"), app.ModelDirectory);
        Assert.Equal(["1", "2", "3"], new[] { "a/1/x", "a/2/x", "b/1/x" }.Select(path => File.ReadAllText(Path.Combine(app.ModelDirectory, path))));
        var map = JsonNode.Parse(File.ReadAllText(Path.Combine(app.Root, "model_config_map.json")))!;
        Assert.Equal(2, map["modelsInfo"]!["a"]!.AsObject().Count);
    }

    [Fact]
    public async Task Build_NoModel_ModelDirectoryIsEmpty()
    {
        Assert.Equal("", (await BuildAsync([])).ModelDirectory);
    }

    [Fact]
    public async Task Build_ModelOnThisMachine_IsLinkedNotCopied()
    {
        var app = await BuildAsync([new("m", 1, null, _blobs.AddFolder(("w", "weights")))]);
        var blob = _blobs.FindLocalPath(_blobs.Add("weights"))!;

        // A second name of one file: a change of its time is seen through both.
        File.SetLastWriteTimeUtc(blob, new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(2001, File.GetLastWriteTimeUtc(Path.Combine(app.ModelDirectory, "w")).Year);
    }

    [Fact]
    public async Task Build_ExecutableModelFile_IsCopiedWithItsBit()
    {
        var app = await BuildAsync([new("m", 1, null, _blobs.AddFolder(("*tool", "#!/bin/sh")))]);

        Assert.True(File.GetUnixFileMode(Path.Combine(app.ModelDirectory, "tool")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(_blobs.FindLocalPath(_blobs.Add("#!/bin/sh"))!).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Build_BlobsElsewhere_CopiesThem()
    {
        _blobs.IsLocal = false;

        var app = await BuildAsync([new("m", 1, null, _blobs.AddFolder(("w", "weights")))]);

        Assert.Equal("weights", File.ReadAllText(Path.Combine(app.ModelDirectory, "w")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    [InlineData("a//b")]
    [InlineData("")]
    public async Task Build_PathThatLeavesTheFolder_IsRefused(string path)
    {
        var exception = await Assert.ThrowsAsync<FairleadException>(
            () => BuildAsync([new("m", 1, null, _blobs.AddFolder((path, "evil")))]));

        Assert.Equal(ErrorCodes.InvalidArgument, exception.Error.Code);
        Assert.False(Directory.Exists(_paths.AppFolder("iris", 1)));
        Assert.DoesNotContain(Directory.GetFiles(_folder, "evil", SearchOption.AllDirectories), _ => true);
    }

    [Fact]
    public async Task Build_Again_KeepsAWholeFolderAndReplacesOneOfAnotherKey()
    {
        var app = await BuildAsync([]);
        var own = Path.Combine(app.Root, "written-by-user-code");
        await File.WriteAllTextAsync(own, "");
        await BuildAsync([]);
        Assert.True(File.Exists(own));

        await BuildAsync([], key: "other");

        Assert.False(File.Exists(own));
    }

    [Fact]
    public async Task Build_AfterAFailureHalfWay_BeginsAnew()
    {
        var missing = "sha256:" + new string('0', 64);
        await Assert.ThrowsAsync<FairleadException>(() => BuildAsync([new("m", 1, null, missing)]));

        var app = await BuildAsync([]);

        Assert.True(File.Exists(Path.Combine(app.Root, "src/score.py")));
        Assert.False(Directory.Exists(Path.Combine(app.Root, "azureml-models")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<AppFolder> BuildAsync(IReadOnlyList<ServedModel> models, string key = "key") =>
        new AppFolderBuilder(_paths, _blobs).BuildAsync(
            new ScoringService
            {
                Name = "iris",
                Generation = 1,
                Spec = new ScoringServiceSpec { SnapshotManifest = _blobs.AddFolder(("src/score.py", "print()")), Models = models },
                Secret = new ServiceSecret([]),
            },
            key, _ => { }, CancellationToken.None);
}
