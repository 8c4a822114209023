using Fairlead.Contracts.Api;

namespace Fairlead.Gateway.Leasing;

/// <summary>The queue as an operator sees it.</summary>
internal sealed partial class ServiceQueue
{
    /// <summary>How long a request has waited at most; null when none waits.</summary>
    public TimeSpan? OldestWait
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Oldest is { } oldest
                    ? _time.GetElapsedTime(oldest.Ticket.ArrivedAt, _time.GetTimestamp())
                    : null;
            }
        }
    }

    public IReadOnlyList<GatewayReplicaDto> DescribeReplicas()
    {
        lock (_lock)
        {
            return
            [
                .. _replicas.All.Select(static replica => Describe(replica, StateOf(replica))),
                .. _replicas.Unlisted.Where(static replica => !replica.IsEmpty)
                    .Select(static replica => Describe(replica, "unlisted")),
            ];
        }
    }

    private static string StateOf(ReplicaState replica) => replica switch
    {
        { Endpoint.Draining: true } => "draining",
        { Victim: true } => "leaving",
        { IsEjected: true } => "ejected",
        { ExcludedUntil: not null } => "backing-off",
        { SlowStartUntil: not null } => "slow-start",
        _ => "ready",
    };

    private static GatewayReplicaDto Describe(ReplicaState replica, string state) => new(
        replica.Endpoint.Id,
        replica.Endpoint.Address.OriginalString,
        state,
        replica.Held,
        replica.Endpoint.MaxConcurrentRequests);
}
