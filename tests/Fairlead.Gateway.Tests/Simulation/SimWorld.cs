using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Simulation;

/// <summary>Gateways, their connections, replicas that know how many requests they really have, and faults by a seed.</summary>
internal sealed class SimWorld : IDisposable
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Random _random;
    private readonly SimNetwork _network;
    private readonly MembershipTiming _timing = new();
    private readonly TimeSpan _maxWait;
    private readonly Dictionary<string, SimGateway> _gateways = [];
    private readonly Dictionary<string, long> _incarnations = [];
    private readonly Dictionary<string, bool> _refuses = [];
    private readonly Dictionary<(string, string), SimLink> _links = [];
    private readonly Dictionary<string, ReplicaEndpoint[]> _services = [];
    private readonly Dictionary<string, IReadOnlyList<ReplicaEndpoint>?> _published = [];
    private readonly List<SimRequest> _requests = [];
    private readonly List<(TimeSpan At, Action Do)> _later = [];

    public SimWorld(int seed, int gateways, int services, int replicas, TimeSpan maxWait)
    {
        _random = new Random(seed);
        _maxWait = maxWait;
        _network = new SimNetwork(_random, () => Now);
        Ids = [.. Enumerable.Range(0, gateways).Select(index => "g" + index)];
        for (var i = 0; i < services; i++)
        {
            _services["s" + i] = [.. Enumerable.Range(0, replicas)
                .Select(index => TestRoutes.Endpoint($"s{i}r{index}", 1 + (index % 2)))];
            _published["s" + i] = _services["s" + i];
        }

        foreach (var id in Ids)
        {
            Start(id);
        }

        foreach (var one in Ids)
        {
            foreach (var other in Ids.Where(other => string.CompareOrdinal(one, other) < 0))
            {
                _links[(one, other)] = new SimLink(one, other);
            }
        }
    }

    public TimeSpan Now { get; private set; }

    public IReadOnlyList<string> Ids { get; }

    public IReadOnlyDictionary<string, SimGateway> Gateways => _gateways;

    public IReadOnlyCollection<string> Services => _services.Keys;

    public IReadOnlyList<SimRequest> Requests => _requests;

    /// <summary>Outcomes of all requests so far.</summary>
    public Dictionary<LeaseOutcome, int> Outcomes { get; } = [];

    public int Broken { get; private set; }

    /// <summary>One step of time for everything.</summary>
    public void Run(TimeSpan duration, Action? each = null)
    {
        for (var end = Now + duration; Now < end;)
        {
            Now += Step;
            foreach (var (at, action) in _later.Where(item => item.At <= Now).ToArray())
            {
                _later.RemoveAll(item => item.Do == action);
                action();
            }

            KeepLinks();
            _network.Deliver((from, to, message) =>
            {
                if (_gateways.TryGetValue(to, out var gateway))
                {
                    gateway.Node.Receive(from, message);
                    Collect();
                }
            });
            foreach (var gateway in _gateways.Values.ToArray())
            {
                gateway.Advance(Step);
                Collect();
            }

            foreach (var request in _requests.Where(request => request.EndsAt <= Now).ToArray())
            {
                Finish(request);
            }

            each?.Invoke();
            Collect();
        }
    }

    public SimRequest Ask(string gateway, string service, TimeSpan work, TimeSpan? patience = null)
    {
        var request = new SimRequest(gateway, service, work, Now);
        request.Start(_gateways[gateway], patience is { } limit ? Now + limit : TimeSpan.MaxValue);
        _requests.Add(request);
        Collect();
        return request;
    }

    public void Start(string id)
    {
        var incarnation = _incarnations[id] = _incarnations.GetValueOrDefault(id) + 1;

        // Clocks differ in speed by up to a tenth.
        var gateway = new SimGateway(
            id, incarnation, 0.95 + (0.1 * _random.NextDouble()), _timing, SimGateway.Settings(_maxWait), _network);
        _gateways[id] = gateway;
        gateway.Node.SetRoster(Ids);
        foreach (var (service, replicas) in _published)
        {
            Tell(gateway, service, replicas);
        }
    }

    /// <summary>Every directory comes to know the service with these replicas, or without the service when null, at a time
    /// of its own.</summary>
    public void Publish(string service, IReadOnlyList<ReplicaEndpoint>? replicas)
    {
        _published[service] = replicas;
        foreach (var gateway in _gateways.Values)
        {
            Tell(gateway, service, replicas);
        }
    }

    /// <summary>All replicas that the service ever had.</summary>
    public IReadOnlyList<ReplicaEndpoint> ReplicasOf(string service) => _services[service];

    private void Tell(SimGateway gateway, string service, IReadOnlyList<ReplicaEndpoint>? replicas) =>
        After(_random.Next(300), () =>
        {
            // The newest word counts, though it may have come before an older one.
            if (_gateways.GetValueOrDefault(gateway.Id) != gateway || _published[service] != replicas)
            {
                return;
            }

            if (replicas is null)
            {
                gateway.Withdraw(service);
            }
            else
            {
                gateway.Publish(service, replicas);
            }
        });

    /// <summary>The process ends, and its requests with it. A machine that lives on refuses connections.</summary>
    public void Crash(string id, bool machineLives)
    {
        if (_gateways.Remove(id, out var gateway))
        {
            _refuses[id] = machineLives;
            _requests.RemoveAll(request => request.Gateway == id);
            foreach (var link in _links.Values.Where(link => link.Touches(id)))
            {
                Break(link);
            }

            gateway.Dispose();
        }
    }

    /// <summary>The gateway hands over, finishes what it has, and ends; or ends before that is done.</summary>
    public void Stop(string id)
    {
        if (_gateways.TryGetValue(id, out var gateway))
        {
            gateway.Node.Leave();
            After(_random.Next(5000), () =>
            {
                if (_gateways.GetValueOrDefault(id) != gateway)
                {
                    return;
                }

                gateway.Node.End();
                After(100 + _random.Next(400), () =>
                {
                    if (_gateways.GetValueOrDefault(id) == gateway)
                    {
                        Crash(id, machineLives: false);
                    }
                });
            });
        }
    }

    public void Break(SimLink link)
    {
        _network.Close(link.One, link.Other);
        _network.Close(link.Other, link.One);
        foreach (var (here, there) in new[] { (link.One, link.Other), (link.Other, link.One) })
        {
            if (link.Up.Remove(here))
            {
                var gateway = _gateways.GetValueOrDefault(here);
                link.Noticing++;
                After(_random.Next(200), () =>
                {
                    link.Noticing--;
                    if (gateway is not null && _gateways.GetValueOrDefault(here) == gateway)
                    {
                        gateway.Node.LinkDown(there);
                    }
                });
            }
        }

        link.RetryAt = Now + TimeSpan.FromMilliseconds(_random.Next(300));
    }

    public IEnumerable<SimLink> Links => _links.Values;

    /// <summary>Packets between the two vanish; the connection notices only after a second.</summary>
    public void Cut(string one, string other, bool cut)
    {
        var link = _links[string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one)];
        link.IsCut = cut;
        link.CutAt = Now;
        _network.Hold(link.One, link.Other, cut);
        _network.Hold(link.Other, link.One, cut);
    }

    public void Dispose()
    {
        foreach (var gateway in _gateways.Values)
        {
            gateway.Dispose();
        }
    }

    private void KeepLinks()
    {
        foreach (var link in _links.Values)
        {
            if (link.Up.Count > 0)
            {
                if (link.IsCut && Now - link.CutAt > TimeSpan.FromSeconds(1))
                {
                    Break(link);
                }

                continue;
            }

            if (link.Noticing > 0 || Now < link.RetryAt || link.IsCut)
            {
                continue;
            }

            var (one, other) = (_gateways.GetValueOrDefault(link.One), _gateways.GetValueOrDefault(link.Other));
            link.RetryAt = Now + TimeSpan.FromMilliseconds(100 + _random.Next(200));
            if (one is not null && other is not null)
            {
                link.Up.UnionWith([link.One, link.Other]);
                _network.Open(link.One, link.Other);
                _network.Open(link.Other, link.One);
                one.Node.LinkUp(link.Other);
                other.Node.LinkUp(link.One);
            }
            else if ((one ?? other) is { } living)
            {
                var dead = living == one ? link.Other : link.One;
                if (_refuses.GetValueOrDefault(dead))
                {
                    living.Node.Refused(dead, living.Time.GetTimestamp());
                }
            }
        }
    }

    // Takes results over, and holds every replica to its limit at every moment.
    private void Collect()
    {
        var granted = false;
        for (var i = _requests.Count - 1; i >= 0; i--)
        {
            var request = _requests[i];
            request.GiveUp(Now);
            if (request.Poll() is { } outcome)
            {
                Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
                if (outcome == LeaseOutcome.Granted)
                {
                    request.EndsAt = Now + request.Work;
                    granted = true;
                }
                else
                {
                    _requests.RemoveAt(i);
                }
            }
            else if (request.IsFenced)
            {
                Broken++;
                _requests.RemoveAt(i);
            }
        }

        if (!granted)
        {
            return;
        }

        foreach (var group in _requests.Where(request => request.Replica is not null).GroupBy(request => request.Replica!))
        {
            Assert.True(
                group.Count() <= group.Key.MaxConcurrentRequests,
                $"{Now}: {group.Key.Id} has {group.Count()}: {string.Join(", ", group.Select(item => item.ToString()))}; "
                + string.Join("; ", _gateways.Values.Select(gateway => gateway.Node.ToString())));
        }
    }

    private void Finish(SimRequest request)
    {
        _requests.Remove(request);
        request.Release();
        Collect();
    }

    private void After(int milliseconds, Action action) =>
        _later.Add((Now + TimeSpan.FromMilliseconds(milliseconds), action));
}
