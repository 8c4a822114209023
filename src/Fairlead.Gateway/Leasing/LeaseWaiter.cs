using System.Threading.Tasks.Sources;

namespace Fairlead.Gateway.Leasing;

/// <summary>A request in the queue: a link of its list and, reused, the source of the task its caller awaits.</summary>
/// <remarks>Links and flags belong to the queue's lock; the result is read once, by the one who awaits.</remarks>
internal sealed class LeaseWaiter(ServiceQueue queue) : IValueTaskSource<LeaseResult>
{
    // Asynchronously, since results are set under the queue's lock.
    private ManualResetValueTaskSourceCore<LeaseResult> _core = new() { RunContinuationsAsynchronously = true };

    public LeaseWaiter? Previous { get; set; }

    public LeaseWaiter? Next { get; set; }

    public bool IsQueued { get; set; }

    /// <summary>Timestamp from which its wait counts.</summary>
    public long WaitingSince { get; set; }

    public CancellationTokenRegistration Registration { get; set; }

    public ValueTask<LeaseResult> Task => new(this, _core.Version);

    public void Complete(LeaseResult result) => _core.SetResult(result);

    public void CancelledByCaller() => queue.Abandon(this);

    LeaseResult IValueTaskSource<LeaseResult>.GetResult(short token)
    {
        var result = _core.GetResult(token);
        // Waits for a callback that runs now, so that none can reach the waiter in its next life.
        Registration.Dispose();
        Registration = default;
        _core.Reset();
        queue.Recycle(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<LeaseResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<LeaseResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
