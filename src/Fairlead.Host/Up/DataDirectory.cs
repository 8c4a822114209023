using System.Diagnostics;

namespace Fairlead.Host.Up;

/// <summary>
/// The folder of a server, held by a lock for as long as this lives, so that two servers never share one. The system
/// drops the lock when the process ends, however it ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    /// <exception cref="StartupException">Another server holds it, or it cannot be written.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                ExitCodes.BadSetting, $"The data directory '{path}' cannot be made: {exception.Message}", exception);
        }

        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            var lockFile = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, lockFile);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new StartupException(
                ExitCodes.DataDirectoryInUse,
                $"The data directory '{path}' is in use by another Fairlead server{Holder(path)}. "
                + "Stop it with 'fairlead down', or give this one its own folder with --data.",
                exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartupException(
                ExitCodes.BadSetting, $"The data directory '{path}' cannot be written: {exception.Message}", exception);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string Holder(string path)
    {
        var server = ServerFile.Read(path);
        if (server is null)
        {
            return "";
        }

        try
        {
            using var process = Process.GetProcessById(server.Pid);
            return $" (process {server.Pid}, {server.WorkspaceUrl})";
        }
        catch (ArgumentException)
        {
            return "";
        }
    }
}
