namespace Fairlead.Bench.Load.Running;

/// <summary>The one clock of a benchmark.</summary>
internal static class Clock
{
    /// <summary>Seconds since some moment.</summary>
    public static double Now => (double)TimeProvider.System.GetTimestamp() / TimeProvider.System.TimestampFrequency;

    public static Task DelayAsync(double seconds, CancellationToken cancellationToken = default) => seconds <= 0
        ? Task.CompletedTask
        : Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);

    /// <summary>Calls for each item at its time, in order, and does not wait for what was called.</summary>
    public static async Task PaceAsync<T>(IEnumerable<(double At, T Item)> items, Action<T> call, CancellationToken cancellationToken = default)
    {
        var begun = Now;
        foreach (var (at, item) in items)
        {
            var left = begun + at - Now;
            if (left > 0)
            {
                await DelayAsync(left, cancellationToken);
            }

            call(item);
        }
    }
}
