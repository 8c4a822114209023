using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Simulation;

/// <summary>One run of a gateway in a simulated world: the real node and the real queues, on a clock of its own speed.</summary>
internal sealed class SimGateway : IDisposable
{
    private readonly Dictionary<string, ServiceQueue> _queues = [];
    private readonly double _speed;
    private readonly QueueSettings _settings;
    private long _nextTick;

    public SimGateway(string id, long incarnation, double speed, MembershipTiming timing, QueueSettings settings, SimNetwork network)
    {
        Id = id;
        _speed = speed;
        _settings = settings;
        Timing = timing;
        Node = new CoordinationNode(id, incarnation, timing, Time, network.TransportOf(id));
    }

    public string Id { get; }

    public MembershipTiming Timing { get; }

    public FakeTimeProvider Time { get; } = new();

    public CoordinationNode Node { get; }

    public IReadOnlyDictionary<string, ServiceQueue> Queues => _queues;

    public void Publish(string service, IReadOnlyList<ReplicaEndpoint> replicas)
    {
        if (_queues.TryGetValue(service, out var queue))
        {
            queue.Apply(_settings, replicas);
        }
        else
        {
            _queues.Add(service, Node.Publish(service, _settings, replicas, static () => { }));
        }
    }

    public void Withdraw(string service)
    {
        if (_queues.Remove(service))
        {
            Node.Withdraw(service);
        }
    }

    /// <summary>Lets time pass here: the time of the world, faster or slower.</summary>
    public void Advance(TimeSpan step)
    {
        Time.Advance(step * _speed);
        var now = Time.GetTimestamp();
        if (now >= _nextTick)
        {
            _nextTick = now + Timing.Heartbeat.Ticks;
            Node.Tick();
        }
        else
        {
            Node.Check();
        }
    }

    public ValueTask<LeaseResult> Ask(string service, CancellationToken cancellationToken) =>
        _queues[service].AcquireAsync(new LeaseRequest(LeaseKind.Scoring), cancellationToken);

    public void Dispose()
    {
        foreach (var service in Node.Services)
        {
            service.Queue.Dispose();
        }
    }

    public static QueueSettings Settings(TimeSpan maxWait) =>
        QueueHarness.Settings with { MaxWait = maxWait, MaxLength = 10_000, DesiredReplicas = 1 };
}
