namespace Fairlead.Gateway.Tests.Simulation.Day;

/// <summary>What a day came to.</summary>
internal sealed class DayReport
{
    public long Requests { get; set; }

    public long Served { get; set; }

    public long Refused { get; set; }

    public long WaitedLong { get; private set; }

    public long Removals { get; set; }

    public long ScaleUps { get; private set; }

    /// <summary>Ticks since midnight of the last change upwards.</summary>
    public long LastScaleUp { get; private set; }

    public long ReplicaSeconds { get; set; }

    public int MostReplicas { get; set; }

    public void Waited(TimeSpan wait) => WaitedLong += wait > TimeSpan.FromSeconds(10) ? 1 : 0;

    public void ScaledUp(long now)
    {
        ScaleUps++;
        LastScaleUp = now;
    }
}
