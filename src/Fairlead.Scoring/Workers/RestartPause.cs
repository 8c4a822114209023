namespace Fairlead.Scoring.Workers;

/// <summary>The pause before a worker is replaced: none after a healthy life, doubling after short ones.</summary>
internal static class RestartPause
{
    private static readonly TimeSpan HealthyLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    public static TimeSpan After(TimeSpan previousPause, TimeSpan life)
    {
        if (life >= HealthyLife)
        {
            return TimeSpan.Zero;
        }

        var pause = previousPause * 2;
        return pause < Least ? Least : pause > Most ? Most : pause;
    }
}
