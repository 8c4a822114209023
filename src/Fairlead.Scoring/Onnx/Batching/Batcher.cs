using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.Onnx.Batching;

/// <summary>Gathers a model's requests into batches: one is run when it is full, or when its first request has waited long
/// enough.</summary>
internal sealed class Batcher(ScoringOptions options, TimeProvider time, Func<IReadOnlyList<BatchMember>, Task> run)
{
    private readonly Lock _lock = new();
    private readonly List<Group> _open = [];

    /// <summary>Adds a request of so many rows.</summary>
    public BatchMember Add(ModelRequest request, long rows)
    {
        var member = new BatchMember(request, rows);
        lock (_lock)
        {
            var group = _open.Find(group =>
                group.Rows + rows <= options.MaxBatchSize && BatchRules.AreAlike(group.Members[0].Request, request));
            if (group is null)
            {
                group = new Group();
                _open.Add(group);
            }

            group.Members.Add(member);
            group.Rows += rows;
            if (group.Rows >= options.MaxBatchSize)
            {
                Close(group);
            }
            else
            {
                group.Timer ??= time.CreateTimer(
                    _ => CloseInTime(group), null, TimeSpan.FromMilliseconds(options.MaxBatchDelayMs), Timeout.InfiniteTimeSpan);
            }
        }

        return member;
    }

    private void CloseInTime(Group group)
    {
        lock (_lock)
        {
            Close(group);
        }
    }

    /// <summary>Inside the lock.</summary>
    private void Close(Group group)
    {
        group.Timer?.Dispose();
        if (_open.Remove(group))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = run(group.Members), null);
        }
    }

    private sealed class Group
    {
        public List<BatchMember> Members { get; } = [];

        public long Rows { get; set; }

        public ITimer? Timer { get; set; }
    }
}
