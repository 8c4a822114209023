using Fairlead.Bench.Load.Running;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Bench.Load.Autoscaling;

/// <summary>A compute target whose replicas take a second to start, and that notes what it is asked for and when.</summary>
internal sealed class FakeCompute : IReplicaScaler
{
    public const double StartSeconds = 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Fleet> _fleets = [];

    public ServiceDirectory Directory { get; } = new();

    /// <summary>Adds a service with one replica.</summary>
    public Fleet Add(string service, ScoringServiceSpec spec, IReadOnlyList<string> addresses)
    {
        var fleet = new Fleet(service, spec, addresses);
        lock (_lock)
        {
            _fleets.Add(service, fleet);
            fleet.Ready.Add(0);
            Directory.Publish(fleet.Route());
        }

        return fleet;
    }

    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var fleet = _fleets[service];
            if (replicas > fleet.Desired)
            {
                fleet.Changes.Add((Clock.Now, replicas));
                for (; fleet.Desired < replicas; fleet.Desired++)
                {
                    var index = Enumerable.Range(0, fleet.Addresses.Count).First(i => !fleet.Ready.Contains(i) && !fleet.Starting.Contains(i));
                    fleet.Starting.Add(index);
                    _ = StartAsync(fleet, index);
                }

                Directory.Publish(fleet.Route());
            }
        }

        return Task.CompletedTask;
    }

    public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var fleet = _fleets[service];
            fleet.Ready.Remove(int.Parse(replica.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
            fleet.Desired--;
            fleet.Changes.Add((Clock.Now, fleet.Desired));
            Directory.Publish(fleet.Route());
        }

        return Task.CompletedTask;
    }

    private async Task StartAsync(Fleet fleet, int index)
    {
        await Clock.DelayAsync(StartSeconds);
        lock (_lock)
        {
            fleet.Starting.Remove(index);
            fleet.Ready.Add(index);
            Directory.Publish(fleet.Route());
        }
    }
}

/// <summary>The replicas of one service.</summary>
internal sealed class Fleet(string service, ScoringServiceSpec spec, IReadOnlyList<string> addresses)
{
    public IReadOnlyList<string> Addresses => addresses;

    public int Desired { get; set; } = 1;

    public SortedSet<int> Ready { get; } = [];

    public HashSet<int> Starting { get; } = [];

    /// <summary>When which number was wanted.</summary>
    public List<(double At, int Replicas)> Changes { get; } = [];

    public ServiceRoute Route() => new()
    {
        Service = service,
        Spec = spec,
        Secret = new ServiceSecret([]),
        DesiredReplicas = Desired,
        Replicas = [.. Ready.Select(index => new ReplicaEndpoint($"r{index}", new Uri(addresses[index]), 1, false))],
    };
}
