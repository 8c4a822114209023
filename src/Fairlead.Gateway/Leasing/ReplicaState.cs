using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>What a queue knows of one replica. Guarded by the queue's lock.</summary>
internal sealed class ReplicaState(ReplicaEndpoint endpoint)
{
    public ReplicaEndpoint Endpoint { get; set; } = endpoint;

    /// <summary>Scoring requests in it now.</summary>
    public int Held { get; set; }

    /// <summary>Requests in it that take no place: health and swagger.</summary>
    public int Visits { get; set; }

    /// <summary>Chosen by the autoscaler to go.</summary>
    public bool Victim { get; set; }

    /// <summary>Not chosen until this timestamp; null when it may be.</summary>
    public long? ExcludedUntil { get; set; }

    /// <summary>Times in a row that it failed after a back-off; 0 after a request that ended well.</summary>
    public int Failures { get; set; }

    /// <summary>Left out for longer, because it fails again and again. A new publication does not change that.</summary>
    public bool IsEjected { get; set; }

    /// <summary>Places that may be taken, when fewer than it has.</summary>
    public int OpenPlaces { get; set; } = int.MaxValue;

    /// <summary>When all places are open; null when they are.</summary>
    public long? SlowStartUntil { get; set; }

    /// <summary>Failed answers in a row.</summary>
    public int FailedAnswers { get; set; }

    /// <summary>Share of answers that failed, those of late counting most; above <see cref="GoodFailureRate"/> until it has
    /// given some good ones.</summary>
    public double FailureRate { get; private set; } = 0.3;

    /// <summary>A replica below it answers well: five good answers after the start, and less than one in ten bad.</summary>
    public const double GoodFailureRate = 0.1;

    /// <summary>Part of the service's capacity, though perhaps not reachable at this moment.</summary>
    public bool IsLive => !Endpoint.Draining && !Victim;

    public bool IsUsable => IsLive && ExcludedUntil is null;

    public bool IsFree => IsUsable && Held < Math.Min(OpenPlaces, Endpoint.MaxConcurrentRequests);

    /// <summary>A replica is the same one when id and address are.</summary>
    public bool Is(ReplicaEndpoint endpoint) => Endpoint.Id == endpoint.Id && Endpoint.Address == endpoint.Address;

    public bool IsEmpty => Held == 0 && Visits == 0;

    /// <summary>It gave an answer; the last five or so make the rate.</summary>
    public void NoteAnswer(bool isGood)
    {
        FailedAnswers = isGood ? 0 : Math.Min(FailedAnswers + 1, 1 << 20);
        FailureRate += 0.2 * ((isGood ? 0 : 1) - FailureRate);
    }
}
