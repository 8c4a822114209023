using System.Threading.Channels;

namespace Fairlead.Cli.Scoring;

/// <summary>Tells when files of a service have been saved: scripts, settings and models below some folders.</summary>
internal sealed class FileChanges : IDisposable
{
    /// <summary>Editors write a file in several steps.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".py", ".json", ".yml", ".yaml", ".txt", ".toml", ".onnx", ".pkl", ".joblib", ".pickle", ".npy", ".pt", ".h5",
    };

    private readonly Channel<string> _changes = Channel.CreateUnbounded<string>();
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<FileSystemWatcher> _watchers = [];

    public FileChanges(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
        {
            var watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, change) => Add(folder, change.FullPath);
            watcher.Created += (_, change) => Add(folder, change.FullPath);
            watcher.Deleted += (_, change) => Add(folder, change.FullPath);
            watcher.Renamed += (_, change) => Add(folder, change.FullPath);
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    /// <summary>Whether a file below a watched folder is part of a service.</summary>
    /// <param name="path">Relative to the folder.</param>
    public static bool Counts(string path) =>
        Extensions.Contains(Path.GetExtension(path))
        && !path.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.') || part is "__pycache__" or "node_modules");

    /// <summary>Completes once something has changed, and nothing more for a moment.</summary>
    public async Task NextAsync(CancellationToken cancellationToken)
    {
        _names.Add(await _changes.Reader.ReadAsync(cancellationToken));
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            quiet.CancelAfter(Quiet);
            try
            {
                _names.Add(await _changes.Reader.ReadAsync(quiet.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>What has changed since the last call.</summary>
    public IReadOnlyList<string> TakeNames()
    {
        var names = _names.ToList();
        _names.Clear();
        return names;
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }
    }

    private void Add(string folder, string path)
    {
        var name = Path.GetRelativePath(folder, path);
        if (Counts(name))
        {
            _changes.Writer.TryWrite(name);
        }
    }
}
