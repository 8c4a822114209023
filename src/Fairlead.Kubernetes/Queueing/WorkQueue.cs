using System.Threading.Channels;
using Fairlead.Kubernetes.Watching;

namespace Fairlead.Kubernetes.Queueing;

/// <summary>Keys that want work, each once however often it is added, never two workers at the same key. A key that failed
/// comes back after a pause that doubles. Bounded by the number of keys. May be used by any thread.</summary>
public sealed class WorkQueue(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Channel<ObjectKey> _ready = Channel.CreateUnbounded<ObjectKey>();
    private readonly HashSet<ObjectKey> _wanted = [];
    private readonly HashSet<ObjectKey> _working = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly Dictionary<ObjectKey, (DateTimeOffset Due, ITimer Timer)> _later = [];

    public void Add(ObjectKey key)
    {
        lock (_lock)
        {
            // One that is being worked on is queued when that has ended.
            if (_wanted.Add(key) && !_working.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>The earliest of several times for a key counts.</summary>
    public void AddAfter(ObjectKey key, TimeSpan pause)
    {
        lock (_lock)
        {
            var due = time.GetUtcNow() + pause;
            if (_later.TryGetValue(key, out var planned))
            {
                if (planned.Due <= due)
                {
                    return;
                }

                planned.Timer.Dispose();
            }

            _later[key] = (due, time.CreateTimer(_ => AddNow(key), null, pause, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>After work on the key has failed.</summary>
    public void AddAfterFailure(ObjectKey key)
    {
        int failures;
        lock (_lock)
        {
            failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
        }

        AddAfter(key, PauseAfter(failures));
    }

    /// <summary>After work on the key has succeeded: the next failure has the shortest pause again.</summary>
    public void Forget(ObjectKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Waits for a key; <see cref="Done"/> must follow.</summary>
    public async Task<ObjectKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _wanted.Remove(key);
            _working.Add(key);
            return key;
        }
    }

    public void Done(ObjectKey key)
    {
        lock (_lock)
        {
            _working.Remove(key);
            if (_wanted.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>0.1 s, 0.2 s, 0.4 s… up to a minute.</summary>
    internal static TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 20));
        return pause < LongestPause ? pause : LongestPause;
    }

    private void AddNow(ObjectKey key)
    {
        lock (_lock)
        {
            if (_later.Remove(key, out var planned))
            {
                planned.Timer.Dispose();
            }
        }

        Add(key);
    }
}
