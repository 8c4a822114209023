using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Computes;

/// <summary>
/// Somewhere to run services. Two implementations, local processes and Kubernetes, are held to the same contract tests.
/// All members may be called from any thread.
/// </summary>
public interface IComputeTarget
{
    /// <summary>Its name in the workspace, for example <c>local</c>.</summary>
    string Name { get; }

    /// <summary>The base of the URLs its gateway serves on, without a slash at the end.</summary>
    string GatewayUrl { get; }

    /// <summary>
    /// Makes the service so. Durable when it returns: a crash right after loses nothing. Idempotent; a generation at
    /// or below the stored one changes nothing, except that the secret is always taken. What follows is seen in the
    /// status.
    /// </summary>
    Task ApplyAsync(ScoringService service, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the service: no new request is routed, those in flight end first, then replicas stop. Returns when
    /// nothing is left of it but its logs. Removing what is not there succeeds.
    /// </summary>
    Task DeleteAsync(string service, CancellationToken cancellationToken);

    /// <summary>The status now; null when there is no such service.</summary>
    ScoringServiceStatus? FindStatus(string service);

    /// <summary>The status now and after each change, coalesced; ends when the service is removed.</summary>
    IAsyncEnumerable<ScoringServiceStatus> WatchAsync(string service, CancellationToken cancellationToken);

    /// <summary>
    /// The last lines of the logs of a service's replicas, those that are gone included, oldest first; then, when
    /// following, each new line until cancelled.
    /// </summary>
    IAsyncEnumerable<ReplicaLogLine> ReadLogsAsync(
        string service, LogQuery query, CancellationToken cancellationToken);
}

/// <summary>Which log lines to read.</summary>
/// <param name="Lines">At most this many of the newest lines. Default of the API: 5000 (§1.6).</param>
/// <param name="Follow">Whether to go on with new lines.</param>
/// <param name="Init">Logs of the preparation (environment, downloads) instead of the scoring host.</param>
/// <param name="Replica">Only this replica; null for all.</param>
public sealed record LogQuery(int Lines = 5000, bool Follow = false, bool Init = false, string? Replica = null);

/// <summary>A line of a replica's log.</summary>
/// <param name="Replica">Id of the replica.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record ReplicaLogLine(string Replica, string Text);
