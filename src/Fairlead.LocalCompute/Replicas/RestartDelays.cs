namespace Fairlead.LocalCompute.Replicas;

/// <summary>How long to wait before a replica is started again: doubled each time, from the first again once it was stable.</summary>
internal sealed class RestartDelays(LocalComputeOptions options)
{
    private int _failures;

    /// <param name="readyFor">How long the process that ended had been ready; zero when it never was.</param>
    public TimeSpan Next(TimeSpan readyFor)
    {
        if (readyFor >= options.StableAfter)
        {
            _failures = 0;
        }

        // 2^20 times the least delay is beyond any sensible limit, and far from overflow.
        var delay = options.RestartDelay * Math.Pow(2, Math.Min(_failures++, 20));
        return delay < options.MaxRestartDelay ? delay : options.MaxRestartDelay;
    }
}
