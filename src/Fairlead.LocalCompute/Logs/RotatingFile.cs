using System.Globalization;
using System.Text;

namespace Fairlead.LocalCompute.Logs;

/// <summary>
/// The log of one replica: <c>name.log</c>, and when that is full <c>name.log.1</c> (newer) to <c>.n</c> (older).
/// Not safe for two threads: <see cref="ServiceLog"/> locks.
/// </summary>
internal sealed class RotatingFile : IDisposable
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _maxFiles;
    private FileStream _stream;

    public RotatingFile(string path, long maxBytes, int maxFiles)
    {
        _path = path;
        _maxBytes = maxBytes;
        _maxFiles = maxFiles;
        _stream = Open(path);
    }

    public void Append(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        if (_stream.Length > 0 && _stream.Length + bytes.Length > _maxBytes)
        {
            Rotate();
        }

        _stream.Write(bytes);
    }

    /// <summary>The files there are of a log, newest first.</summary>
    public static IEnumerable<string> FilesOf(string path)
    {
        for (var number = 0; File.Exists(Numbered(path, number)); number++)
        {
            yield return Numbered(path, number);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static string Numbered(string path, int number) =>
        number == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");

    // Unbuffered: a line is in the file when Append returns, so readers and a crash see it.
    private static FileStream Open(string path) =>
        new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Rotate()
    {
        _stream.Dispose();
        if (_maxFiles == 1)
        {
            File.Delete(_path);
        }

        for (var number = _maxFiles - 2; number >= 0; number--)
        {
            if (File.Exists(Numbered(_path, number)))
            {
                File.Move(Numbered(_path, number), Numbered(_path, number + 1), overwrite: true);
            }
        }

        _stream = Open(_path);
    }
}
