using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>What a queue needs of a service's route and the gateway's options: an immutable picture.</summary>
internal sealed record QueueSettings
{
    public required int MaxLength { get; init; }

    /// <summary>Most bytes that waiting requests of the service may hold in this gateway.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>What all services of this gateway share.</summary>
    public QueueBudget? Budget { get; init; }

    public required TimeSpan MaxWait { get; init; }

    public required TimeSpan ColdStartWait { get; init; }

    public required TimeSpan RefusedBackOff { get; init; }

    public required TimeSpan UnreachableBackOff { get; init; }

    /// <summary>Longest time that a replica which fails again and again is left out; zero: always the same back-off.</summary>
    public TimeSpan LongestEjection { get; init; }

    /// <summary>Failed answers in a row after which a replica that stands out is left out; 0: never.</summary>
    public int EjectAfterFailedAnswers { get; init; }

    /// <summary>How long a slow start lasts at most; zero: there is none.</summary>
    public TimeSpan SlowStart { get; init; }

    public required int DesiredReplicas { get; init; }

    /// <summary>The service may have no replica while idle, and gets one when a request comes.</summary>
    public required bool WakesFromZero { get; init; }

    /// <summary>Of a service that is not published here.</summary>
    public static readonly QueueSettings None = new()
    {
        MaxLength = 0,
        MaxWait = TimeSpan.Zero,
        ColdStartWait = TimeSpan.Zero,
        RefusedBackOff = TimeSpan.Zero,
        UnreachableBackOff = TimeSpan.Zero,
        DesiredReplicas = 0,
        WakesFromZero = false,
    };

    public static QueueSettings From(ServiceRoute route, GatewayOptions options, QueueBudget budget) => new()
    {
        MaxLength = route.Spec.MaxQueueLength,
        MaxBytes = options.MaxQueuedBytesPerService,
        Budget = budget,
        MaxWait = TimeSpan.FromMilliseconds(route.Spec.MaxQueueWaitMs),
        ColdStartWait = options.ColdStartWait,
        RefusedBackOff = options.RefusedBackOff,
        UnreachableBackOff = options.UnreachableBackOff,
        LongestEjection = options.LongestEjection,
        EjectAfterFailedAnswers = options.EjectAfterFailedAnswers,
        SlowStart = options.SlowStart,
        DesiredReplicas = route.DesiredReplicas,
        WakesFromZero = route.Spec is { IsAutoscaled: true, AutoScaler: { MinReplicas: 0, MaxReplicas: > 0 } },
    };
}

/// <summary>A queue at one moment.</summary>
/// <param name="Busy">Scoring requests in replicas that stay; those in draining ones end there.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="LiveReplicas">Replicas that are published and stay.</param>
/// <param name="Leases">All leases that are out.</param>
/// <param name="QueuedBytes">What requests that wait hold in this gateway.</param>
/// <param name="Ejected">Of the live replicas, those that are left out because they fail again and again.</param>
internal readonly record struct QueueSnapshot(
    int Busy, int Queued, int LiveReplicas, int Leases, long QueuedBytes = 0, int Ejected = 0);
