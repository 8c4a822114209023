using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Preparation;
using Fairlead.Contracts.Storage;
using Fairlead.Scoring.Preparing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Scoring.Tests.Preparing;

public sealed class PreparerTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("fairlead-prepare").FullName;
    private FileServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _server.Content = RandomNumberGenerator.GetBytes(300_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task File_IsPlacedUnderItsPath()
    {
        await RunAsync(File("azureml-models/m/1/model.onnx"));

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(PathOf("azureml-models/m/1/model.onnx")));
        Assert.Equal([PathOf("azureml-models/m/1/model.onnx")], Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Connection_ThatBreaks_GoesOnWhereItWas()
    {
        _server.CutsAfter.Enqueue(100_000);
        _server.CutsAfter.Enqueue(50_000);

        await RunAsync(File("a"));

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(PathOf("a")));
        Assert.Equal(3, _server.Offsets.Count);
        Assert.Equal(_server.Offsets.Order(), _server.Offsets);
        Assert.True(_server.Offsets.Last() > 0, "the last request asked for the whole file again");
    }

    [Fact]
    public async Task Run_ThatWasCutOff_GoesOnWithWhatItLeft()
    {
        await System.IO.File.WriteAllBytesAsync(PathOf("a.part"), _server.Content[..123_456]);

        await RunAsync(File("a"));

        Assert.Equal([123_456L], _server.Offsets);
        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(PathOf("a")));
    }

    [Fact]
    public async Task Run_ThatWasCutOffAfterTheLastByte_FetchesNothing()
    {
        await System.IO.File.WriteAllBytesAsync(PathOf("a.part"), _server.Content);

        await RunAsync(File("a"));

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(PathOf("a")));
    }

    [Fact]
    public async Task Server_WithoutRanges_IsAskedForAllOfIt()
    {
        _server.HasRanges = false;
        await System.IO.File.WriteAllBytesAsync(PathOf("a.part"), _server.Content[..1000]);

        await RunAsync(File("a"));

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(PathOf("a")));
    }

    [Fact]
    public async Task File_ThatIsThere_IsNotFetchedAgain()
    {
        await RunAsync(File("a"));
        await RunAsync(File("a"));

        Assert.Single(_server.Offsets);
    }

    [Fact]
    public async Task Content_OfAnotherDigest_IsRefusedAndLeavesNoFile()
    {
        var file = File("a") with { Digest = Digest.Of(new byte[32]) };

        var failure = await Assert.ThrowsAsync<PreparationException>(() => RunAsync(file));

        Assert.Contains("DigestMismatch", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(_server.Content)), failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_root));
    }

    [Fact]
    public async Task Refusal_IsFinalAndNamesTheUrlWithoutItsSignature()
    {
        _server.Codes.Enqueue(403);

        var failure = await Assert.ThrowsAsync<PreparationException>(() => RunAsync(File("a") with { Url = _server.Url + "?signature=secret" }));

        Assert.Contains(_server.Url, failure.Message, StringComparison.Ordinal);
        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Single(_server.Offsets);
    }

    [Fact]
    public async Task ServerError_IsTriedAgain()
    {
        _server.Codes.Enqueue(503);

        await RunAsync(File("a"));

        Assert.Equal(2, _server.Offsets.Count);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar")]
    [InlineData("tar.gz")]
    public async Task Archive_IsUnpackedOnce(string kind)
    {
        _server.Content = Archive(kind, "code/score.py");
        var file = File("") with { Unpack = true };

        await RunAsync(file);
        await RunAsync(file);

        Assert.Equal("text", await System.IO.File.ReadAllTextAsync(PathOf("code/score.py")));
        Assert.Single(_server.Offsets);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar")]
    public async Task Archive_ThatWouldLeaveTheFolder_IsRefused(string kind)
    {
        _server.Content = Archive(kind, "../escaped");

        await Assert.ThrowsAsync<PreparationException>(() => RunAsync(File("inside") with { Unpack = true }));

        Assert.False(System.IO.File.Exists(PathOf("escaped")));
    }

    [Fact]
    public async Task Archive_ThatIsNone_IsRefusedInWords()
    {
        _server.Content = Encoding.UTF8.GetBytes(new string('x', 2000));

        var failure = await Assert.ThrowsAsync<PreparationException>(() => RunAsync(File("a") with { Unpack = true }));

        Assert.Contains("is not a zip, tar or tar.gz archive", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_And_Folders_AreWritten()
    {
        var from = Directory.CreateTempSubdirectory("fairlead-from");
        Directory.CreateDirectory(Path.Combine(from.FullName, "sub"));
        await System.IO.File.WriteAllTextAsync(Path.Combine(from.FullName, "sub", "score.py"), "code");

        await RunAsync(new PreparationPlan
        {
            Root = _root,
            Folders = new Dictionary<string, string> { [from.FullName] = "" },
            Texts = new Dictionary<string, string> { ["x/map.json"] = "{}" },
        });

        Assert.Equal("code", await System.IO.File.ReadAllTextAsync(PathOf("sub/score.py")));
        Assert.Equal("{}", await System.IO.File.ReadAllTextAsync(PathOf("x/map.json")));
        from.Delete(recursive: true);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a//b")]
    public async Task Path_ThatLeavesTheRoot_IsRefused(string path) =>
        await Assert.ThrowsAsync<PreparationException>(() => RunAsync(File(path)));

    private Task RunAsync(PreparedFile file) => RunAsync(new PreparationPlan { Root = _root, Files = [file] });

    private static Task RunAsync(PreparationPlan plan) =>
        new Preparer(TimeProvider.System, NullLogger.Instance).RunAsync(plan, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    private PreparedFile File(string path) => new(_server.Url, Digest.Of(SHA256.HashData(_server.Content)), path);

    private string PathOf(string relative) => Path.Combine(_root, relative);

    private static byte[] Archive(string kind, string name)
    {
        using var bytes = new MemoryStream();
        if (kind == "zip")
        {
            using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            using (var writer = new StreamWriter(zip.CreateEntry(name).Open()))
            {
                writer.Write("text");
            }
        }
        else
        {
            using var stream = kind == "tar" ? (Stream)bytes : new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true);
            using var tar = new TarWriter(stream, leaveOpen: kind == "tar");
            using var content = new MemoryStream("text"u8.ToArray());
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
        }

        return bytes.ToArray();
    }
}
