using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Autoscaling;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceState = Fairlead.Gateway.Routing.ServiceState;

namespace Fairlead.Gateway.Tests.Simulation.Day;

/// <summary>One service over a day: the gateway's own queue and scaler, on simulated requests, replicas and time. Checks at each
/// step what must hold.</summary>
internal sealed class SimulatedService : IReplicaScaler, IDisposable
{
    private const int Window = 60;
    private static readonly long Second = TimeSpan.TicksPerSecond;

    // Nobody comes in the last ten minutes, so that the day ends with a quiet time.
    private static readonly long End = 86_400 * Second;
    private static readonly double LastArrival = 85_800;

    private readonly Random _random;
    private readonly TrafficProfile _traffic;
    private readonly DayClock _clock = new();
    private readonly ServiceState _service;
    private readonly ServiceScaler _scaler;
    private readonly PriorityQueue<Event, long> _events = new();
    private readonly Queue<ValueTask<LeaseResult>> _waiting = new();
    private readonly Dictionary<string, int> _held = [];
    private readonly int[] _wanted = new int[Window];
    private ServiceRoute _route;
    private bool _mustHurry;
    private bool _isAwaited;
    private int _replicas;
    private long _tick;
    private int _quietRounds;
    private long _requestsBefore;

    public SimulatedService(int seed, bool isSteady, GatewayMetrics metrics, TokenTrust trust)
    {
        _random = new Random(seed);
        _traffic = new TrafficProfile(_random, isSteady);
        var spec = TestRoutes.Open with
        {
            NumReplicas = null,
            MaxQueueWaitMs = 30_000,
            MaxConcurrentRequestsPerContainer = isSteady || _random.Next(2) == 0 ? 1 : 4,
            AutoScaler = new()
            {
                MinReplicas = isSteady ? 1 : _random.Next(3),
                MaxReplicas = 40,
                TargetUtilization = 70,
            },
        };
        _replicas = spec.AutoScaler.MinReplicas;
        _route = TestRoutes.Route(spec, [.. Enumerable.Range(0, _replicas).Select(i => Endpoint(i, spec))]);
        var options = new GatewayOptions();
        _service = new ServiceState(_route, options, new QueueBudget(options.MaxQueuedBytes), trust, Open, _ => _mustHurry = true);
        _scaler = new ServiceScaler(_service, this, metrics, TimeSpan.FromSeconds(Window), NullLogger.Instance);
    }

    public DayReport Report { get; } = new();

    private AutoScaler Bounds => _route.Spec.AutoScaler;

    public void Run()
    {
        var arrival = NextArrival(0);
        var tick = Second;
        while (true)
        {
            var next = Math.Min(Math.Min(arrival, tick), _clock.NextTimer);
            next = _events.TryPeek(out _, out var at) ? Math.Min(next, at) : next;
            if (next > End)
            {
                break;
            }

            _clock.MoveTo(next);
            if (at == next && _events.TryDequeue(out var due, out _))
            {
                Happen(due);
            }
            else if (arrival == next)
            {
                Report.Requests++;
                Ask();
                arrival = NextArrival(next);
            }
            else if (tick == next)
            {
                Round();
                tick += Second;
                tick += Skip(tick, Math.Min(arrival, End));
            }

            _clock.Fire();
            TakeGrants();
            if (_mustHurry)
            {
                _mustHurry = false;
                Hurry();
                TakeGrants();
            }
        }

        Assert.Empty(_waiting);
        Assert.All(_held.Values, static held => Assert.Equal(0, held));
        Assert.Equal(Bounds.MinReplicas, _route.DesiredReplicas);
        Assert.Equal(Report.Requests, Report.Served + Report.Refused);
    }

    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken)
    {
        Assert.InRange(replicas, _route.DesiredReplicas + 1, Bounds.MaxReplicas);
        Report.ScaledUp(_clock.Now);
        for (var i = _route.DesiredReplicas; i < replicas; i++)
        {
            // It starts in 0.5 to 8 seconds.
            var start = TimeSpan.FromSeconds(0.5 * Math.Pow(16, _random.NextDouble()));
            _events.Enqueue(new Event(null, Endpoint(_replicas++, _route.Spec)), _clock.Now + start.Ticks);
        }

        Publish(_route with { DesiredReplicas = replicas });
        return Task.CompletedTask;
    }

    public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken)
    {
        var left = _route.DesiredReplicas - 1;
        Report.Removals++;
        Assert.InRange(left, Bounds.MinReplicas, Bounds.MaxReplicas);
        Assert.Equal(0, _held.GetValueOrDefault(replica));
        Assert.True(_tick >= Window, "it was shrunk before a whole window was seen");
        Assert.True(left >= _wanted.Max(), "it was shrunk below what the last minute wanted");
        Assert.Contains(_route.Replicas, one => one.Id == replica);
        Publish(_route with { DesiredReplicas = left, Replicas = [.. _route.Replicas.Where(one => one.Id != replica)] });
        return Task.CompletedTask;
    }

    public void Dispose() => _service.Queue.Dispose();

    private static ReplicaEndpoint Endpoint(int number, ScoringServiceSpec spec) =>
        TestRoutes.Endpoint("r" + number, spec.MaxConcurrentRequestsPerContainer);

    private ServiceQueue Open(string service, QueueSettings settings, IReadOnlyList<ReplicaEndpoint> replicas, Action queued)
    {
        var queue = new ServiceQueue(settings, _clock, queued);
        queue.Apply(settings, replicas);
        return queue;
    }

    private long NextArrival(long now)
    {
        var next = _traffic.NextArrival((double)now / Second, _random);
        return next > LastArrival ? long.MaxValue : Math.Max(now + 1, (long)(next * Second));
    }

    private void Ask()
    {
        var lease = _service.Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring), default);
        if (lease.IsCompleted)
        {
            Take(Result(lease));
        }
        else
        {
            _waiting.Enqueue(lease);
        }
    }

    // They end in the order in which they came.
    private void TakeGrants()
    {
        while (_waiting.TryPeek(out var first) && first.IsCompleted)
        {
            Take(Result(_waiting.Dequeue()));
        }
    }

    private void Take(LeaseResult result)
    {
        if (result.Outcome != LeaseOutcome.Granted)
        {
            Report.Refused++;
            return;
        }

        Report.Served++;
        Report.Waited(result.Waited);
        var replica = result.Lease.Endpoint;
        var held = _held[replica.Id] = _held.GetValueOrDefault(replica.Id) + 1;
        Assert.True(held <= replica.MaxConcurrentRequests, "a replica got more than its limit");
        _events.Enqueue(new Event(result.Lease, null), _clock.Now + Math.Max(1, _traffic.NextWork(_random).Ticks));
    }

    private void Happen(Event due)
    {
        if (due.Ended is { } lease)
        {
            _held[lease.Endpoint.Id]--;
            Assert.True(_service.Queue.Release(lease, LeaseEnd.Completed));
        }
        else
        {
            Publish(_route with { Replicas = [.. _route.Replicas, due.Ready!] });
        }
    }

    // What the gateway's loop does once a second.
    private void Round()
    {
        _isAwaited = false;
        var wanted = Wanted();
        _wanted[_tick++ % Window] = wanted;
        Look();
        Assert.True(_route.DesiredReplicas >= wanted, "it has fewer replicas than the formula wants");
        Report.ReplicaSeconds += _route.DesiredReplicas;
        Report.MostReplicas = Math.Max(Report.MostReplicas, _route.DesiredReplicas);
    }

    // A service that has slept for longer than the window is looked at again in the second before something happens: until then
    // each round would see and decide the same.
    private long Skip(long tick, long until)
    {
        _quietRounds = _events.Count == 0 && _waiting.Count == 0 && Report.Requests == _requestsBefore ? _quietRounds + 1 : 0;
        _requestsBefore = Report.Requests;
        var seconds = (until - tick) / Second;
        if (_quietRounds < 2 * Window || seconds <= 0)
        {
            return 0;
        }

        _tick += seconds;
        Report.ReplicaSeconds += seconds * _route.DesiredReplicas;
        return seconds * Second;
    }

    private void Hurry()
    {
        if (!_isAwaited && _scaler.MayHurry(_clock.GetUtcNow()))
        {
            Look();
        }
        else
        {
            _isAwaited = true;
        }
    }

    private void Look()
    {
        var look = _scaler.TickAsync(_clock.GetUtcNow(), default);
        Assert.True(look.IsCompletedSuccessfully);
    }

    // §1.5 by hand: ceil(concurrent / (target × places)) within the bounds.
    private int Wanted()
    {
        var queue = _service.Queue.Snapshot();
        var target = Bounds.MinReplicas == 0 && queue.LiveReplicas == 0 ? 1 : 0.7m;
        var wanted = Math.Ceiling((queue.Busy + queue.Queued) / (target * _route.Spec.MaxConcurrentRequestsPerContainer));
        return (int)Math.Clamp(wanted, Bounds.MinReplicas, Bounds.MaxReplicas);
    }

    private void Publish(ServiceRoute route)
    {
        _route = route;
        _service.Apply(route);
    }

    private static LeaseResult Result(ValueTask<LeaseResult> ended)
    {
        Assert.True(ended.IsCompletedSuccessfully);
#pragma warning disable xUnit1031 // It has ended.
        return ended.GetAwaiter().GetResult();
#pragma warning restore xUnit1031
    }

    /// <param name="Ended">The request that ends.</param>
    /// <param name="Ready">Or the replica that is ready.</param>
    private readonly record struct Event(Lease? Ended, ReplicaEndpoint? Ready);
}
