using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Fairlead.Contracts.Computes;

namespace Fairlead.Kubernetes.Targets;

/// <summary>A line of a container's log.</summary>
/// <param name="Time">When it was written, as the kubelet says: RFC 3339 in UTC with nanoseconds, so that it sorts as text.</param>
internal sealed record PodLogLine(string Pod, string Container, string Time, string Text);

/// <summary>The logs of pods, kept in files that outlive them: <c>SERVICE/POD.CONTAINER.log</c>, a time and a line on each.</summary>
/// <remarks>All members may be called from any thread; one writer a container.</remarks>
internal sealed class PodLogFiles(string folder, TimeProvider time)
{
    private const long LargestFile = 16 << 20;
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    private readonly ConcurrentDictionary<Channel<PodLogLine>, string> _followers = new();
    private readonly Lock _gate = new();

    /// <summary>Time of the last line of a container; null when there is none.</summary>
    public string? LastTime(string service, string pod, string container)
    {
        lock (_gate)
        {
            var path = PathOf(service, pod, container);
            return File.Exists(path) ? File.ReadLines(path).LastOrDefault(line => line.Length > 0)?.Split(' ', 2)[0] : null;
        }
    }

    public void Append(string service, PodLogLine line)
    {
        lock (_gate)
        {
            var path = PathOf(service, line.Pod, line.Container);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            {
                File.Move(path, path + ".1", overwrite: true);
            }

            File.AppendAllText(path, $"{line.Time} {line.Text}\n");
        }

        foreach (var (follower, wanted) in _followers)
        {
            if (wanted == service)
            {
                follower.Writer.TryWrite(line);
            }
        }
    }

    public async IAsyncEnumerable<ReplicaLogLine> ReadAsync(
        string service, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var container = query.Init ? Names.PrepareContainer : Names.ScoringContainer;
        var follower = Channel.CreateBounded<PodLogLine>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        if (query.Follow)
        {
            _followers[follower] = service;
        }

        try
        {
            var last = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in Stored(service, container, query))
            {
                last[line.Pod] = line.Time;
                yield return new ReplicaLogLine(line.Pod, line.Text);
            }

            while (query.Follow)
            {
                var line = await follower.Reader.ReadAsync(cancellationToken);
                var isNew = !last.TryGetValue(line.Pod, out var seen) || string.CompareOrdinal(line.Time, seen) > 0;
                if (line.Container == container && (query.Replica is null || query.Replica == line.Pod) && isNew)
                {
                    yield return new ReplicaLogLine(line.Pod, line.Text);
                }
            }
        }
        finally
        {
            _followers.TryRemove(follower, out _);
        }
    }

    /// <summary>Removes what nobody has written to for two weeks.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var oldest = time.GetUtcNow() - Kept;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*.log*", SearchOption.AllDirectories).Where(file => file.LastWriteTimeUtc < oldest))
        {
            file.Delete();
        }
    }

    private List<PodLogLine> Stored(string service, string container, LogQuery query)
    {
        var own = Path.Combine(folder, service);
        if (!Directory.Exists(own))
        {
            return [];
        }

        lock (_gate)
        {
            return
            [
                .. Directory.EnumerateFiles(own, $"*.{container}.log*")
                    .Select(path => (Path: path, Pod: Path.GetFileName(path).Split('.')[0]))
                    .Where(file => query.Replica is null || file.Pod == query.Replica)
                    .SelectMany(file => File.ReadLines(file.Path).TakeLast(query.Lines)
                        .Select(line => line.Split(' ', 2))
                        .Where(parts => parts.Length == 2)
                        .Select(parts => new PodLogLine(file.Pod, container, parts[0], parts[1])))
                    .OrderBy(line => line.Time, StringComparer.Ordinal)
                    .TakeLast(query.Lines),
            ];
        }
    }

    private string PathOf(string service, string pod, string container) => Path.Combine(folder, service, $"{pod}.{container}.log");
}
