using Fairlead.Host.Up;

namespace Fairlead.Host.Tests;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-host-").FullName;

    [Fact]
    public void Open_FolderThatIsHeld_IsRefusedUntilItIsFree()
    {
        var first = DataDirectory.Open(_folder);

        var refused = Assert.Throws<StartupException>(() => DataDirectory.Open(_folder));
        first.Dispose();
        using var second = DataDirectory.Open(_folder);

        Assert.Equal(ExitCodes.DataDirectoryInUse, refused.ExitCode);
        Assert.Contains($"'{_folder}' is in use", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NewFolder_IsForItsOwnerAlone()
    {
        using var data = DataDirectory.Open(Path.Combine(_folder, "new"));

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
    }

    [Fact]
    public void Open_PathThatIsAFile_NamesIt()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<StartupException>(() => DataDirectory.Open(file));

        Assert.Equal(ExitCodes.BadSetting, refused.ExitCode);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
