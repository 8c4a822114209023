namespace Fairlead.Gateway.Autoscaling;

/// <summary>How many replicas a service should have: a pure function of its load, its bounds and the load of the last
/// window.</summary>
internal static class ScalePolicy
{
    /// <summary>Replicas for the load of this moment: ceil(concurrent / (target × places)), within the bounds.</summary>
    /// <remarks>7 concurrent requests, one place each, 70 %: 7 / 0.7 = 10 replicas.</remarks>
    public static int Desired(in ScaleSnapshot snapshot)
    {
        long concurrent = (long)snapshot.Busy + snapshot.Queued;
        var divisor = Math.Max(1L, snapshot.TargetPercent) * Math.Max(1, snapshot.MaxPerReplica);
        var replicas = ((concurrent * 100) + divisor - 1) / divisor;
        return (int)Math.Clamp(replicas, snapshot.Min, Math.Max(snapshot.Min, snapshot.Max));
    }

    /// <summary>Up at once; down only when a whole window wanted fewer.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="highestInWindow">Most replicas wanted at any moment of the window, this one included; null while no
    /// whole window has been seen.</param>
    public static ScaleDecision Decide(in ScaleSnapshot snapshot, int? highestInWindow)
    {
        var desired = Desired(snapshot);
        if (desired > snapshot.Replicas)
        {
            return new ScaleDecision(ScaleDirection.Up, desired);
        }

        // Bounds that were changed since count as they are now.
        var highest = Math.Clamp(highestInWindow ?? int.MaxValue, snapshot.Min, Math.Max(snapshot.Min, snapshot.Max));
        return highestInWindow is not null && highest < snapshot.Replicas
            ? new ScaleDecision(ScaleDirection.Down, Math.Max(highest, desired))
            : new ScaleDecision(ScaleDirection.Hold, snapshot.Replicas);
    }
}

/// <summary>What to do, and the number of replicas to end with.</summary>
internal readonly record struct ScaleDecision(ScaleDirection Direction, int Replicas);

/// <summary>The ways of a <see cref="ScaleDecision"/>.</summary>
internal enum ScaleDirection
{
    Hold,
    Up,
    Down,
}
