using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Leasing;

/// <summary>The replicas of a service and the choice among them. Guarded by the queue's lock.</summary>
internal sealed class ReplicaSet
{
    private readonly List<ReplicaState> _replicas = [];

    // Not published (any more, or not yet), but with leases on them: were they forgotten, a replica that is published
    // again would look empty.
    private readonly List<ReplicaState> _unlisted = [];
    private int _next;

    // Not after the time at which the next back-off or slow start ends.
    private long _nextChange = long.MaxValue;
    private bool _isFirst = true;

    public IReadOnlyList<ReplicaState> All => _replicas;

    /// <summary>There is a replica that stays.</summary>
    public bool HasLive => _replicas.Exists(static replica => replica.IsLive);

    /// <summary>Those with leases that are not published.</summary>
    public IReadOnlyList<ReplicaState> Unlisted => _unlisted;

    /// <summary>How long a slow start lasts at most, in units of the clock; 0: there is none.</summary>
    public long SlowStart { get; set; }

    /// <summary>Takes over a published list. A replica is the same one when id and address are; it keeps what it holds.
    /// The news also ends every back-off, though not an ejection. One that was not in the list before starts slowly, except in
    /// the first list: how long those have run is not known.</summary>
    public void Apply(IReadOnlyList<ReplicaEndpoint> published, long now)
    {
        ReplicaState[] previous = [.. _replicas, .. _unlisted];
        _replicas.Clear();
        foreach (var endpoint in published)
        {
            var known = Array.Find(previous, replica => replica.Is(endpoint));
            var state = known ?? new ReplicaState(endpoint);
            state.Endpoint = endpoint;
            if (known is null && !_isFirst)
            {
                StartSlowly(state, now);
            }
            else if (!state.IsEjected)
            {
                Readmit(state, now);
            }

            _replicas.Add(state);
        }

        _isFirst = false;
        _unlisted.Clear();
        foreach (var replica in previous)
        {
            if (!replica.IsEmpty && !_replicas.Contains(replica))
            {
                replica.Victim = false;
                replica.ExcludedUntil = null;
                replica.Failures = 0;
                replica.IsEjected = false;
                _unlisted.Add(replica);
            }
        }

        _next = 0;
        _nextChange = long.MinValue;
        Readmit(now);
    }

    /// <summary>Ends every slow start: others know better how the replicas are.</summary>
    public void OpenAll()
    {
        foreach (var replica in _replicas)
        {
            EndSlowStart(replica);
        }
    }

    /// <summary>The replica of a lease that another gateway granted or holds; kept though it is not published here.</summary>
    public ReplicaState FindOrKeep(ReplicaEndpoint endpoint)
    {
        var state = _replicas.Find(replica => replica.Is(endpoint)) ?? _unlisted.Find(replica => replica.Is(endpoint));
        if (state is null)
        {
            _unlisted.RemoveAll(static replica => replica.IsEmpty);
            state = new ReplicaState(endpoint);
            _unlisted.Add(state);
        }

        return state;
    }

    /// <summary>The free replica with the smallest share of its places taken; equals take turns.</summary>
    public ReplicaState? ChooseFree()
    {
        var count = _replicas.Count;
        ReplicaState? best = null;
        var bestIndex = 0;
        for (var i = 0; i < count; i++)
        {
            var index = _next + i;
            index = index >= count ? index - count : index;
            var candidate = _replicas[index];
            if (candidate.IsFree && (best is null || IsLessLoaded(candidate, best)))
            {
                best = candidate;
                bestIndex = index;
                if (best.Held == 0)
                {
                    break;
                }
            }
        }

        if (best is not null)
        {
            _next = bestIndex + 1 < count ? bestIndex + 1 : 0;
        }

        return best;
    }

    /// <summary>Any replica that takes requests, full or not.</summary>
    public ReplicaState? ChooseUsable()
    {
        ReplicaState? best = null;
        foreach (var candidate in _replicas)
        {
            if (candidate.IsUsable && (best is null || candidate.Visits < best.Visits))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>The live replica that holds least: the one to remove.</summary>
    public ReplicaState? ChooseVictim()
    {
        ReplicaState? best = null;
        foreach (var candidate in _replicas)
        {
            if (candidate.IsLive && (best is null || candidate.Held < best.Held))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>How long a replica that failed is left out. One that fails after each back-off is ejected: for twice as long
    /// each time, while no more than half of those that stay are ejected, so the last one never is.</summary>
    public TimeSpan BackOffAfterFailure(ReplicaState replica, TimeSpan first, TimeSpan longest)
    {
        // Requests that were in it together fail together: that is one failure.
        if (replica.ExcludedUntil is null)
        {
            replica.Failures = Math.Min(replica.Failures + 1, 30);
        }

        int live = 0, ejected = 1;
        foreach (var other in _replicas)
        {
            live += other.IsLive ? 1 : 0;
            ejected += other.IsLive && other.IsEjected && other != replica ? 1 : 0;
        }

        if (replica.Failures < 2 || longest <= first || 2 * ejected > live)
        {
            return first;
        }

        replica.IsEjected = true;
        return TimeSpan.FromTicks((long)Math.Min(longest.Ticks, Math.ScaleB(first.Ticks, replica.Failures - 1)));
    }

    /// <summary>Whether a replica that failed so many answers in a row stands out. User code fails on bad input too, on whichever
    /// replica; so at least half of the others must answer well.</summary>
    public bool StandsOut(ReplicaState replica, int failedAnswers)
    {
        if (failedAnswers == 0 || replica.FailedAnswers < failedAnswers)
        {
            return false;
        }

        int others = 0, good = 0;
        foreach (var other in _replicas)
        {
            if (other != replica && other.IsLive)
            {
                others++;
                good += other.FailureRate < ReplicaState.GoodFailureRate ? 1 : 0;
            }
        }

        return good > 0 && 2 * good >= others;
    }

    public void Exclude(ReplicaState replica, long until)
    {
        if (!replica.IsEjected || replica.ExcludedUntil is null || replica.ExcludedUntil < until)
        {
            replica.ExcludedUntil = until;
            _nextChange = Math.Min(_nextChange, until);
        }
    }

    /// <summary>A scoring request ended well in the replica: in a slow start that opens another place, so their number doubles
    /// with each round of requests.</summary>
    public static void NoteSuccess(ReplicaState replica)
    {
        replica.NoteAnswer(isGood: true);
        if (replica.ExcludedUntil is not null)
        {
            // It was sent before the replica failed, and says nothing of it now.
            return;
        }

        replica.Failures = 0;
        if (replica.SlowStartUntil is not null && ++replica.OpenPlaces >= replica.Endpoint.MaxConcurrentRequests)
        {
            EndSlowStart(replica);
        }
    }

    /// <summary>Ends the back-offs and slow starts that are over. True when one was.</summary>
    public bool Readmit(long now)
    {
        if (now < _nextChange)
        {
            return false;
        }

        var changed = false;
        _nextChange = long.MaxValue;
        foreach (var replica in _replicas)
        {
            if (replica.ExcludedUntil <= now)
            {
                Readmit(replica, now);
                changed = true;
            }

            if (replica.SlowStartUntil <= now)
            {
                EndSlowStart(replica);
                changed = true;
            }

            _nextChange = Math.Min(
                _nextChange, Math.Min(replica.ExcludedUntil ?? long.MaxValue, replica.SlowStartUntil ?? long.MaxValue));
        }

        return changed;
    }

    /// <summary>When to call <see cref="Readmit(long)"/> next; <see cref="long.MaxValue"/> when there is nothing to end.</summary>
    public long NextReadmission() => _nextChange;

    // One that failed is tried with a single request first.
    private void Readmit(ReplicaState replica, long now)
    {
        if (replica.ExcludedUntil is not null)
        {
            replica.ExcludedUntil = null;
            replica.IsEjected = false;
            if (replica.Failures > 0)
            {
                StartSlowly(replica, now);
            }
        }
    }

    private void StartSlowly(ReplicaState replica, long now)
    {
        if (SlowStart > 0 && replica.Endpoint.MaxConcurrentRequests > 1)
        {
            replica.OpenPlaces = 1;
            replica.SlowStartUntil = now + SlowStart;
            _nextChange = Math.Min(_nextChange, now + SlowStart);
        }
    }

    private static void EndSlowStart(ReplicaState replica)
    {
        replica.OpenPlaces = int.MaxValue;
        replica.SlowStartUntil = null;
    }

    private static bool IsLessLoaded(ReplicaState one, ReplicaState other) =>
        (long)one.Held * other.Endpoint.MaxConcurrentRequests < (long)other.Held * one.Endpoint.MaxConcurrentRequests;
}
