using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A queue on a fake clock.</summary>
internal sealed class QueueHarness : IDisposable
{
    public static readonly QueueSettings Settings = new()
    {
        MaxLength = 100,
        MaxWait = TimeSpan.FromMilliseconds(500),
        ColdStartWait = TimeSpan.FromSeconds(60),
        RefusedBackOff = TimeSpan.FromMilliseconds(50),
        UnreachableBackOff = TimeSpan.FromSeconds(1),
        DesiredReplicas = 1,
        WakesFromZero = false,
    };

    public QueueHarness(params ReplicaEndpoint[] replicas)
        : this(Settings, replicas)
    {
    }

    public QueueHarness(QueueSettings settings, params ReplicaEndpoint[] replicas)
    {
        Queue = new ServiceQueue(settings, Time, () => Signals++);
        Queue.Apply(settings, replicas);
    }

    public FakeTimeProvider Time { get; } = new();

    public ServiceQueue Queue { get; }

    public int Signals { get; private set; }

    public Task<LeaseResult> Acquire(LeaseTicket? ticket = null, CancellationToken cancellationToken = default) =>
        Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring, ticket), cancellationToken).AsTask();

    /// <summary>The result of a wait that must have ended; its continuation runs on another thread.</summary>
    public static Task<LeaseResult> Ended(Task<LeaseResult> wait) => wait.WaitAsync(GatewayFixture.Patience);

    public void Dispose() => Queue.Dispose();
}
