using Fairlead.Kubernetes.Queueing;
using Fairlead.Kubernetes.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Kubernetes.Tests.Queueing;

public sealed class WorkQueueTests
{
    private static readonly ObjectKey One = new("ns", "one");
    private static readonly ObjectKey Two = new("ns", "two");

    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new WorkQueue(_time);

    [Fact]
    public async Task Key_AddedOften_IsTakenOnce()
    {
        _queue.Add(One);
        _queue.Add(One);
        _queue.Add(Two);

        Assert.Equal(One, await TakeAsync());
        Assert.Equal(Two, await TakeAsync());
        Assert.True(IsEmpty());
    }

    [Fact]
    public async Task Key_AddedWhileWorkedOn_ComesAgainAfterThat()
    {
        _queue.Add(One);
        await TakeAsync();

        _queue.Add(One);
        _queue.Add(One);

        Assert.True(IsEmpty());
        _queue.Done(One);
        Assert.Equal(One, await TakeAsync());
        _queue.Done(One);
        Assert.True(IsEmpty());
    }

    [Fact]
    public async Task Failures_PauseLongerEachTime_UntilForgotten()
    {
        foreach (var milliseconds in new[] { 100, 200, 400 })
        {
            _queue.AddAfterFailure(One);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.True(IsEmpty());
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(One, await TakeAsync());
            _queue.Done(One);
        }

        _queue.Forget(One);
        _queue.AddAfterFailure(One);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(One, await TakeAsync());
    }

    [Fact]
    public async Task Later_OfSeveralTimes_TheEarliestCounts()
    {
        _queue.AddAfter(One, TimeSpan.FromMinutes(10));
        _queue.AddAfter(One, TimeSpan.FromSeconds(1));
        _queue.AddAfter(One, TimeSpan.FromMinutes(5));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(One, await TakeAsync());
        _queue.Done(One);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.True(IsEmpty());
    }

    [Fact]
    public void Pause_IsAMinuteAtMost() => Assert.Equal(TimeSpan.FromMinutes(1), WorkQueue.PauseAfter(1000));

    private Task<ObjectKey> TakeAsync() => _queue.TakeAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

    private bool IsEmpty()
    {
        using var cancel = new CancellationTokenSource();
        var take = _queue.TakeAsync(cancel.Token);
        if (take.IsCompleted)
        {
            return false;
        }

        cancel.Cancel();
        return true;
    }
}
