namespace Fairlead.Bench.Load.Model;

/// <summary>The queue with Poisson arrivals, exponential service times and several servers.</summary>
internal static class ErlangC
{
    /// <summary>Mean wait in service times.</summary>
    public static double MeanWait(int servers, double load)
    {
        var offered = servers * load;

        // Erlang B by its recursion, which never overflows.
        var blocked = 1.0;
        for (var i = 1; i <= servers; i++)
        {
            blocked = offered * blocked / (i + (offered * blocked));
        }

        var waits = blocked / (1 - (load * (1 - blocked)));
        return waits / (servers * (1 - load));
    }
}
