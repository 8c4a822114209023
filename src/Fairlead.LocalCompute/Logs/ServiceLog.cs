using System.Threading.Channels;
using Fairlead.Contracts.Computes;

namespace Fairlead.LocalCompute.Logs;

/// <summary>The logs of one service: written by its replicas, read by anyone, also after the replicas are gone.</summary>
/// <remarks>All members may be called from any thread. Followers are told of lines; they never poll.</remarks>
internal sealed class ServiceLog(string folder, LocalComputeOptions options, TimeProvider time)
{
    /// <summary>Ends the id under which preparation logs; ids of replicas end in five characters.</summary>
    public const string InitSuffix = "-init";

    // A follower that is slower than the service loses lines rather than memory, and is told how many.
    private const int MaxWaiting = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RotatingFile> _open = [];
    private readonly List<Channel<LogLine>> _followers = [];
    private DateTime _last;

    public void Append(string replica, string text)
    {
        lock (_gate)
        {
            // Strictly rising, so that the order of lines is also that of their times.
            var now = time.GetUtcNow().UtcDateTime;
            _last = now > _last ? now : _last.AddTicks(1);
            var line = new LogLine(replica, _last, text);
            try
            {
                OpenFile_NeedsLock(replica).Append(line.Stored);
            }
            catch (IOException)
            {
                // A full disk loses lines; it must not stop the replica, which waits while nobody reads its output.
            }

            foreach (var follower in _followers)
            {
                follower.Writer.TryWrite(line);
            }
        }
    }

    /// <summary>The replica writes no more, at least for now; its lines stay.</summary>
    public void Close(string replica)
    {
        lock (_gate)
        {
            if (_open.Remove(replica, out var file))
            {
                file.Dispose();
            }
        }
    }

    public async IAsyncEnumerable<ReplicaLogLine> ReadAsync(
        LogQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lost = 0;
        var follower = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref lost));
        List<(string Replica, FileStream File, long Length)> files;
        lock (_gate)
        {
            // Files and follower at one moment: no line is missed, none comes twice. Handles outlive a rotation.
            files = OpenForReading_NeedsLock(query);
            if (query.Follow)
            {
                _followers.Add(follower);
            }
        }

        try
        {
            foreach (var line in ReadTail(files, query.Lines))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ReplicaLogLine(line.Replica, line.Text);
            }

            while (query.Follow && await WaitAsync(follower, cancellationToken))
            {
                while (follower.Reader.TryRead(out var line))
                {
                    var skipped = Interlocked.Exchange(ref lost, 0);
                    if (skipped > 0)
                    {
                        yield return new ReplicaLogLine(line.Replica, $"... {skipped} lines were skipped: they came faster than they were read");
                    }

                    if (Matches(line.Replica, query))
                    {
                        yield return new ReplicaLogLine(line.Replica, line.Text);
                    }
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _followers.Remove(follower);
            }

            files.ForEach(file => file.File.Dispose());
        }
    }

    /// <summary>The newest lines of one replica, for error texts.</summary>
    public IReadOnlyList<string> ReadLast(string replica, int count)
    {
        List<(string Replica, FileStream File, long Length)> files;
        lock (_gate)
        {
            files = OpenForReading_NeedsLock(new LogQuery(count, Init: replica.EndsWith(InitSuffix, StringComparison.Ordinal), Replica: replica));
        }

        try
        {
            return [.. ReadTail(files, count).Select(line => line.Text)];
        }
        finally
        {
            files.ForEach(file => file.File.Dispose());
        }
    }

    /// <summary>Removes logs of replicas that are gone: those too old, then the oldest until the rest is small enough.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            if (!Directory.Exists(folder))
            {
                return;
            }

            var closed = new DirectoryInfo(folder).GetFiles()
                .Where(file => !_open.ContainsKey(ReplicaOf(file.Name))).OrderBy(file => file.LastWriteTimeUtc).ToList();
            var total = new DirectoryInfo(folder).GetFiles().Sum(file => file.Length);
            var oldest = time.GetUtcNow().UtcDateTime - options.LogRetention;
            foreach (var file in closed)
            {
                if (file.LastWriteTimeUtc < oldest || total > options.LogBytesPerService)
                {
                    total -= file.Length;
                    file.Delete();
                }
            }
        }
    }

    private static async Task<bool> WaitAsync(Channel<LogLine> follower, CancellationToken cancellationToken)
    {
        try
        {
            return await follower.Reader.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static IEnumerable<LogLine> ReadTail(List<(string Replica, FileStream File, long Length)> files, int count)
    {
        var lines = new List<LogLine>();
        foreach (var replica in files.GroupBy(file => file.Replica))
        {
            // Newest file first; the next one only for what is still wanted.
            var wanted = count;
            foreach (var (_, file, length) in replica)
            {
                var tail = LogTail.Read(file, length, wanted);
                lines.AddRange(tail.Select(line => LogLine.Parse(replica.Key, line)));
                wanted -= tail.Count;
            }
        }

        return lines.OrderBy(line => line.Time).TakeLast(count);
    }

    private static bool Matches(string replica, LogQuery query) =>
        replica.EndsWith(InitSuffix, StringComparison.Ordinal) == query.Init && (query.Replica is null || query.Replica == replica);

    private static string ReplicaOf(string fileName) => fileName[..fileName.LastIndexOf(".log", StringComparison.Ordinal)];

    private RotatingFile OpenFile_NeedsLock(string replica)
    {
        if (!_open.TryGetValue(replica, out var file))
        {
            Directory.CreateDirectory(folder);
            file = new RotatingFile(PathOf(replica), options.LogFileBytes, options.LogFiles);
            _open.Add(replica, file);
        }

        return file;
    }

    private List<(string Replica, FileStream File, long Length)> OpenForReading_NeedsLock(LogQuery query)
    {
        var files = new List<(string, FileStream, long)>();
        if (!Directory.Exists(folder))
        {
            return files;
        }

        foreach (var replica in Directory.EnumerateFiles(folder, "*.log").Select(path => ReplicaOf(Path.GetFileName(path))))
        {
            if (Matches(replica, query))
            {
                foreach (var path in RotatingFile.FilesOf(PathOf(replica)))
                {
                    var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    files.Add((replica, file, file.Length));
                }
            }
        }

        return files;
    }

    private string PathOf(string replica) => Path.Combine(folder, replica + ".log");
}
