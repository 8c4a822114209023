using Fairlead.Client.Blobs;
using Fairlead.Client.Models;
using Fairlead.Client.Tests.Fakes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Tests.Blobs;

/// <summary>Uploads and downloads over real HTTP.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TransferTests
{
    private static readonly CancellationToken Limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Register_ConnectionCutHalfway_SendsTheRestOnly()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();
        var content = RandomBytes(3_000_000);
        var path = Path.Combine(folder.Path, "model.bin");
        await File.WriteAllBytesAsync(path, content, Limit);
        workspace.Blobs.CutNextUploadAfter = 1_000_000;
        TransferProgress? last = null;

        await client.Models.RegisterAsync(new ModelRegistration { Name = "big", Path = path }, now => last = now, Limit);

        Assert.Equal(3_000_000, workspace.Blobs.ReceivedBytes);
        Assert.Equal([null, "bytes 1000000-2999999/3000000"], workspace.Blobs.ContentRanges);
        Assert.Equal(3_000_000, last!.HashedBytes);
    }

    [Fact]
    public async Task Register_SameFolderAgain_UploadsNothing()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();
        folder.File("model/a", "one");
        folder.File("model/deep/b", "two");
        var registration = new ModelRegistration { Name = "again", Path = Path.Combine(folder.Path, "model") };
        await client.Models.RegisterAsync(registration, null, Limit);
        var sent = workspace.Blobs.ReceivedBytes;

        var second = await client.Models.RegisterAsync(registration, null, Limit);

        Assert.Equal("again:2", second.Id);
        Assert.Equal((6, 6), (sent, workspace.Blobs.ReceivedBytes));
    }

    [Fact]
    public async Task Download_FolderModel_KeepsItsBaseNameAndContent()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();
        folder.File("model/deep/run.sh", "content");
        File.SetUnixFileMode(Path.Combine(folder.Path, "model/deep/run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await client.Models.RegisterAsync(new ModelRegistration { Name = "m", Path = Path.Combine(folder.Path, "model") }, null, Limit);

        var files = await client.Models.DownloadAsync("m:1", Path.Combine(folder.Path, "out"), false, null, Limit);

        var file = Assert.Single(files);
        Assert.Equal(Path.Combine(folder.Path, "out/model/deep/run.sh"), file);
        Assert.Equal("content", await File.ReadAllTextAsync(file, Limit));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Download_FileThere_IsRefusedUnlessOverwrite()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();
        var path = folder.File("model.pkl", "new");
        await client.Models.RegisterAsync(new ModelRegistration { Name = "m", Path = path }, null, Limit);
        var target = folder.File("out/model.pkl", "old");

        var error = await Assert.ThrowsAsync<FairleadException>(
            () => client.Models.DownloadAsync("m:1", Path.Combine(folder.Path, "out"), false, null, Limit));

        Assert.Equal(409, error.Error.StatusCode);
        Assert.Equal("old", await File.ReadAllTextAsync(target, Limit));
        await client.Models.DownloadAsync("m:1", Path.Combine(folder.Path, "out"), true, null, Limit);
        Assert.Equal("new", await File.ReadAllTextAsync(target, Limit));
    }

    [Fact]
    public async Task Download_DamagedOnTheWay_LeavesNothingBehind()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();
        await client.Models.RegisterAsync(new ModelRegistration { Name = "m", Path = folder.File("model.pkl", "abc") }, null, Limit);
        workspace.Blobs.Damage(Contracts.Storage.Digest.Of(System.Security.Cryptography.SHA256.HashData("abc"u8)));

        var error = await Assert.ThrowsAsync<FairleadException>(
            () => client.Models.DownloadAsync("m:1", folder.Folder("out"), false, null, Limit));

        Assert.Equal(ErrorCodes.DigestMismatch, error.Error.Code);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "out")));
    }

    [Fact]
    public async Task Register_EmptyFile_IsUploaded()
    {
        await using var workspace = new FakeWorkspace();
        using var client = workspace.NewClient();
        using var folder = new TemporaryFolder();

        var model = await client.Models.RegisterAsync(new ModelRegistration { Name = "m", Path = folder.File("empty", "") }, null, Limit);

        Assert.Single(await client.Models.DownloadAsync(model.Id, folder.Folder("out"), false, null, Limit));
    }

    [Fact]
    public async Task List_NoServer_SaysHowToStartOne()
    {
        using var client = new FairleadClient(new FairleadClientOptions { Endpoint = new Uri("http://127.0.0.1:9") });

        var error = await Assert.ThrowsAsync<ServerUnreachableException>(() => client.Models.ListAsync(new ModelFilter(), Limit));

        Assert.Contains("no Fairlead server at http://127.0.0.1:9", error.Message, StringComparison.Ordinal);
        Assert.Contains("fairlead up", error.Message, StringComparison.Ordinal);
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
