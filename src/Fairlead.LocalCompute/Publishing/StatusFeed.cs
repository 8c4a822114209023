using System.Runtime.CompilerServices;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Publishing;

/// <summary>The status of one service, and its changes for whoever watches: a slow watcher sees the newest, not all.</summary>
internal sealed class StatusFeed(ScoringServiceStatus first)
{
    private readonly Lock _gate = new();
    private ScoringServiceStatus? _current = first;
    private long _version;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null after the service was removed.</summary>
    public ScoringServiceStatus? Current => Volatile.Read(ref _current);

    public void Publish(ScoringServiceStatus status)
    {
        if (Current is not { } last || !IsSame(last, status))
        {
            Set(status);
        }
    }

    public void End() => Set(null);

    public async IAsyncEnumerable<ScoringServiceStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = -1L;
        while (true)
        {
            ScoringServiceStatus? status;
            Task changed;
            bool isNew;
            lock (_gate)
            {
                (status, changed, isNew) = (_current, _changed.Task, _version != seen);
                seen = _version;
            }

            if (status is null)
            {
                yield break;
            }

            if (isNew)
            {
                yield return status;
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    private static bool IsSame(ScoringServiceStatus left, ScoringServiceStatus right) =>
        left.Replicas.SequenceEqual(right.Replicas) && left == (right with { Replicas = left.Replicas });

    private void Set(ScoringServiceStatus? status)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _current = status;
            _version++;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
