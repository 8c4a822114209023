using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Tests.Simulation;

/// <summary>A request in the simulated world: it waits, is in a replica, or has ended.</summary>
#pragma warning disable CA1001 // The source has no timer and no wait handle; it goes with the request.
internal sealed class SimRequest(string gateway, string service, TimeSpan work, TimeSpan arrivedAt)
{
    private readonly CancellationTokenSource _gone = new();
    private ValueTask<LeaseResult> _wait;
    private ServiceQueue? _queue;
    private TimeSpan _patience;
    private bool _hasResult;
    private CancellationToken _fence;
    private Lease _lease;

    public string Gateway => gateway;

    public string Service => service;

    public TimeSpan Work => work;

    public TimeSpan ArrivedAt => arrivedAt;

    public TimeSpan GrantedAt { get; private set; }

    /// <summary>Null until it is granted.</summary>
    public TimeSpan? EndsAt { get; set; }

    /// <summary>The replica that it is in.</summary>
    public ReplicaEndpoint? Replica { get; private set; }

    /// <summary>It was broken off: its gateway lost its membership.</summary>
    public bool IsFenced => Replica is not null && _fence.IsCancellationRequested;

    public void Start(SimGateway at, TimeSpan patience)
    {
        _queue = at.Queues[service];
        _patience = patience;
#pragma warning disable CA2012 // Polled, so that the world stays on one thread; read once.
        _wait = at.Ask(service, _gone.Token);
#pragma warning restore CA2012
    }

    /// <summary>The client leaves when its patience is over.</summary>
    public void GiveUp(TimeSpan now)
    {
        if (!_hasResult && now >= _patience)
        {
            _patience = TimeSpan.MaxValue;
            _gone.Cancel();
        }
    }

    /// <summary>The outcome, once.</summary>
    public LeaseOutcome? Poll()
    {
        if (_hasResult || !_wait.IsCompleted)
        {
            return null;
        }

        _hasResult = true;
#pragma warning disable xUnit1031 // It has ended.
        var result = _wait.Result;
#pragma warning restore xUnit1031
        if (result.Outcome == LeaseOutcome.Granted)
        {
            _lease = result.Lease;
            _fence = result.Fence;
            Replica = result.Lease.Endpoint;
        }

        return result.Outcome;
    }

    public void Release() => _queue!.Release(_lease, LeaseEnd.Completed);

    public override string ToString() => $"{gateway}/{service} in {Replica?.Id}";
}

/// <summary>The connection of two gateways.</summary>
internal sealed class SimLink(string one, string other)
{
    public string One => one;

    public string Other => other;

    /// <summary>The ends that believe it is up.</summary>
    public HashSet<string> Up { get; } = [];

    /// <summary>Ends that have not noticed the loss.</summary>
    public int Noticing { get; set; }

    public TimeSpan RetryAt { get; set; }

    public bool IsCut { get; set; }

    public TimeSpan CutAt { get; set; }

    public bool Touches(string id) => one == id || other == id;
}
