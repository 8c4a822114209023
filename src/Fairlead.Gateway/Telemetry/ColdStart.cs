using System.Globalization;
using System.Text;
using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Telemetry;

/// <summary>The phases of a cold start, by the names they have in metrics and headers.</summary>
internal static class ColdStart
{
    /// <summary>Those that the compute target knows.</summary>
    public static IEnumerable<(string Name, TimeSpan Duration)> Phases(ReplicaStart start)
    {
        (string Name, TimeSpan? Duration)[] all =
            [("schedule", start.Schedule), ("pull", start.Pull), ("start", start.Start), ("load", start.Load)];
        foreach (var (name, duration) in all)
        {
            if (duration is { } known)
            {
                yield return (name, known);
            }
        }
    }

    /// <summary>The value of <c>Server-Timing</c> (https://www.w3.org/TR/server-timing/), in milliseconds.</summary>
    /// <param name="waited">How long the request waited for the service's first replica.</param>
    /// <param name="start">Of the replica that it got; null when not known.</param>
    public static string ServerTiming(TimeSpan waited, ReplicaStart? start)
    {
        var value = new StringBuilder();
        Append("cold-start", waited);
        foreach (var (name, duration) in start is null ? [] : Phases(start))
        {
            Append(", cold-start-" + name, duration);
        }

        return value.ToString();

        void Append(string name, TimeSpan duration) =>
            value.Append(CultureInfo.InvariantCulture, $"{name};dur={duration.TotalMilliseconds:0.#}");
    }
}
