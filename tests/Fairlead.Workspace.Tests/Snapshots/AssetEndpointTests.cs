using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Snapshots;

public sealed class AssetEndpointTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync(
        configure: options => (options.SnapshotMaxBytes, options.SnapshotMaxFiles) = (100, 3));

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Create_SameFilesInAnyOrder_AreTheSameAsset()
    {
        var first = await _workspace.UploadAsync(Routes.Assets, ("a.txt", "one"), ("b/c.txt", "two"));
        var second = await _workspace.UploadAsync(Routes.Assets, ("b/c.txt", "two"), ("a.txt", "one"));

        Assert.Equal(first, second);
        Assert.Equal((2, 6L, Routes.AssetUrlPrefix + first.Id), (first.FileCount, first.SizeBytes, first.Url));
        Assert.Equal(first, await _workspace.GetAsync("assets/" + first.Id, ContractsJson.Default.AssetDto));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task Create_PathThatIsNotPlain_Is400(string path)
    {
        var digest = await _workspace.UploadAsync([1]);

        await RefuseAsync(ErrorCodes.InvalidArgument, new ManifestFile(path, 1, digest));
    }

    [Fact]
    public async Task Create_FileThatIsAFolderToo_Is400()
    {
        var digest = await _workspace.UploadAsync([1]);

        await RefuseAsync(ErrorCodes.InvalidArgument, new ManifestFile("a", 1, digest), new ManifestFile("a/b", 1, digest));
        await RefuseAsync(ErrorCodes.InvalidArgument, new ManifestFile("a", 1, digest), new ManifestFile("a", 1, digest));
    }

    [Fact]
    public async Task Create_BlobNotUploaded_NamesIt()
    {
        var problem = await RefuseAsync(
            ErrorCodes.BlobNotFound, new ManifestFile("model.onnx", 1, "sha256:" + new string('0', 64)));

        Assert.Contains("model.onnx", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WrongSize_Is400() =>
        await RefuseAsync(ErrorCodes.InvalidArgument, new ManifestFile("a", 2, await _workspace.UploadAsync([1])));

    [Fact]
    public async Task Get_BlobThatIsNoManifest_IsAssetNotFound()
    {
        var digest = await _workspace.UploadAsync([1, 2, 3]);

        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("assets/" + digest), 404, ErrorCodes.AssetNotFound);
    }

    [Fact]
    public async Task Snapshot_TooLarge_NamesTheLargestEntries()
    {
        var digest = await _workspace.UploadAsync(new byte[101]);

        var problem = await RefuseAsync(
            ErrorCodes.SnapshotTooLarge, Routes.Snapshots, new ManifestFile("data/big.bin", 101, digest));

        Assert.Contains("data/", problem.Message, StringComparison.Ordinal);
        Assert.Equal("data/", problem.Details[0].Target);
    }

    [Fact]
    public async Task Snapshot_TooManyFiles_IsRefusedAndTheSameAssetIsNot()
    {
        var digest = await _workspace.UploadAsync([1]);
        var files = Enumerable.Range(0, 4).Select(i => new ManifestFile($"f{i}", 1, digest)).ToArray();

        await RefuseAsync(ErrorCodes.SnapshotTooLarge, Routes.Snapshots, files);
        using var asset = await PostAsync(Routes.Assets, files);

        Assert.Equal(200, (int)asset.StatusCode);
    }

    private Task<ProblemDto> RefuseAsync(string code, params ManifestFile[] files) => RefuseAsync(code, Routes.Assets, files);

    private Task<ProblemDto> RefuseAsync(string code, string path, params ManifestFile[] files) =>
        TestWorkspace.RefusalAsync(PostAsync(path, files), 400, code);

    private Task<HttpResponseMessage> PostAsync(string path, ManifestFile[] files) => _workspace.SendAsync(
        HttpMethod.Post,
        path,
        new CreateAssetRequest { Manifest = new FileManifest(files) },
        ContractsJson.Default.CreateAssetRequest);
}
