namespace Fairlead.LocalCompute.Rollouts;

/// <summary>Wakes a loop, however often it is rung, once; and lets a caller wait for the pass that saw its change.</summary>
internal sealed class PassSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _rung = New();
    private TaskCompletionSource _done = New();

    /// <summary>Asks for a pass. The task ends with the first pass that began after this call.</summary>
    public Task Ring()
    {
        lock (_gate)
        {
            _rung.TrySetResult();
            return _done.Task;
        }
    }

    /// <summary>Waits for a ring. What is returned is to be completed after the pass.</summary>
    public async Task<TaskCompletionSource> NextAsync(CancellationToken cancellationToken)
    {
        Task rung;
        lock (_gate)
        {
            rung = _rung.Task;
        }

        await rung.WaitAsync(cancellationToken);
        lock (_gate)
        {
            var done = _done;
            (_rung, _done) = (New(), New());
            return done;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
