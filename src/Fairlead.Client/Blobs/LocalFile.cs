namespace Fairlead.Client.Blobs;

/// <summary>A file that becomes an entry of a manifest.</summary>
/// <param name="Path">Its path in the manifest, with <c>/</c>.</param>
/// <param name="FullPath">Where it is.</param>
/// <param name="Size">Bytes when it was listed.</param>
/// <param name="Executable">Whether its owner may execute it.</param>
public sealed record LocalFile(string Path, string FullPath, long Size, bool Executable)
{
    internal static LocalFile Of(string path, FileInfo file) => new(
        path,
        file.FullName,
        file.Length,
        !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute));
}
