namespace Fairlead.Gateway.Tests.Simulation.Day;

/// <summary>The clock of one simulated service. Its timers are events of the simulation, which moves the clock.</summary>
internal sealed class DayClock : TimeProvider
{
    public static readonly DateTimeOffset Midnight = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<DayTimer> _timers = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Ticks since midnight.</summary>
    public long Now { get; private set; }

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> when none is armed.</summary>
    public long NextTimer
    {
        get
        {
            var next = long.MaxValue;
            foreach (var timer in _timers)
            {
                next = Math.Min(next, timer.Due);
            }

            return next;
        }
    }

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Midnight.AddTicks(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new DayTimer(this, callback, state);
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    public void MoveTo(long now) => Now = now;

    /// <summary>Runs the timers that are due.</summary>
    public void Fire()
    {
        foreach (var timer in _timers)
        {
            timer.FireIfDue();
        }
    }

    private sealed class DayTimer(DayClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime < TimeSpan.Zero ? long.MaxValue : clock.Now + dueTime.Ticks;
            return true;
        }

        public void FireIfDue()
        {
            if (Due <= clock.Now)
            {
                Due = long.MaxValue;
                callback(state);
            }
        }

        public void Dispose() => Due = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
