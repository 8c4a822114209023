using System.Threading.Tasks.Sources;

namespace Fairlead.Gateway.Leasing;

/// <summary>A waiting request of this gateway, and the source of its caller's task. Reused.</summary>
/// <remarks>All but the task source is guarded by the queue's lock. It goes back to the pool when its result is read,
/// after its cancellation callback can no longer run.</remarks>
internal sealed class LocalWaiter(ServiceQueue queue) : Waiter, IValueTaskSource<LeaseResult>
{
    // Continuations never run inline: the result is set under the queue's lock.
    private ManualResetValueTaskSourceCore<LeaseResult> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;

    public override bool IsForeign => false;

    /// <summary>The coordinator on another gateway knows of it.</summary>
    public bool IsSent { get; set; }

    /// <summary>It waits for the coordinator's word only, and not for a place.</summary>
    public bool OnlyIfFree { get; set; }

    /// <summary>Another attempt of a request that was let in before.</summary>
    public bool IsRetry { get; set; }

    public ValueTask<LeaseResult> Task => new(this, _core.Version);

    public override void SetResult(LeaseResult result) => _core.SetResult(result);

    /// <summary>Called once it is in the queue, outside of the lock: an ended token calls back at once.</summary>
    public void CancelWith(CancellationToken cancellationToken) => _cancellation = cancellationToken.UnsafeRegister(
        static state => ((LocalWaiter)state!).Cancel(), this);

    public LeaseResult GetResult(short token)
    {
        var result = _core.GetResult(token);
        _cancellation.Dispose();
        _cancellation = default;
        _core.Reset();
        queue.Recycle(this);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel() => queue.Cancel(this);
}
