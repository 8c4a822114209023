using System.Diagnostics;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Storage;

public sealed class DiskFullTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_MoreThanTheDiskHolds_Is507AndTheRoomComesBack(bool sizeKnown)
    {
        using var folder = new TestFolder();
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.Path) == 0, "may not mount");
        try
        {
            var workspace = await TestWorkspace.StartAsync(folder);
            HttpContent content = sizeKnown
                ? new ByteArrayContent(new byte[12 << 20])
                : new StreamContent(new Unsized(12 << 20));

            await TestWorkspace.RefusalAsync(
                workspace.Http.PutAsync("blobs/sha256:" + new string('0', 64), content), 507, ErrorCodes.StorageFull);

            await workspace.UploadAsync(new byte[1 << 20]);
            await workspace.StopAsync();
        }
        finally
        {
            Assert.Equal(0, Run("umount", folder.Path));
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private sealed class Unsized(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
