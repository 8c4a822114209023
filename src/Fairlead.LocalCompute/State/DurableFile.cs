using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.State;

/// <summary>Writes files that are whole or absent after a crash at any moment, power loss included.</summary>
internal static class DurableFile
{
    /// <summary>Durable when it returns: content, then name, then the folder's entry. Readable by the owner only.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        LibC.SyncFolder(Path.GetDirectoryName(path)!);
    }

    public static void Delete(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            LibC.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }
}
