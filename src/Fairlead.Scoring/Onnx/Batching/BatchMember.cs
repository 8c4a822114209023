using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Batching;

/// <summary>A request in a batch.</summary>
internal sealed class BatchMember(ModelRequest request, long rows)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<BatchShare> _share = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BatchRun? _run;
    private bool _hasLeft;

    public ModelRequest Request => request;

    public long Rows => rows;

    /// <summary>What the member gets of the results; fails as the model did. It ends only when nothing reads the
    /// request's values any more.</summary>
    public Task<BatchShare> Share => _share.Task;

    /// <summary>Takes the member into a run; false: its time was over before.</summary>
    public bool TryJoin(BatchRun run)
    {
        lock (_lock)
        {
            if (_hasLeft)
            {
                return false;
            }

            _run?.Leave();
            _run = run;
            run.Enter();
            return true;
        }
    }

    /// <summary>The request's time is over: the run ends early when no other wants it.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _hasLeft = true;
            _run?.Leave();
            _run = null;
        }
    }

    public void Complete(BatchShare share) => _share.SetResult(share);

    /// <summary>Does nothing when the member has its share.</summary>
    public void Fail(Exception exception) => _share.TrySetException(exception);
}

/// <summary>A member's part of a batch's results; given back when its answer was written.</summary>
internal sealed class BatchShare(TensorSlice[] slices, TimeSpan taken, SharedResults results) : IDisposable
{
    public ReadOnlyMemory<TensorSlice> Slices => slices;

    public TimeSpan Taken => taken;

    public void Dispose() => results.Release();
}
