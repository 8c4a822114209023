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
    private int _excluded;

    public IReadOnlyList<ReplicaState> All => _replicas;

    /// <summary>Those with leases that are not published.</summary>
    public IReadOnlyList<ReplicaState> Unlisted => _unlisted;

    /// <summary>Takes over a published list. A replica is the same one when id and address are; it keeps what it holds.
    /// The news also ends every back-off, though not an ejection.</summary>
    public void Apply(IReadOnlyList<ReplicaEndpoint> published)
    {
        ReplicaState[] previous = [.. _replicas, .. _unlisted];
        _replicas.Clear();
        foreach (var endpoint in published)
        {
            var state = Array.Find(previous, replica => replica.Is(endpoint)) ?? new ReplicaState(endpoint);
            state.Endpoint = endpoint;
            state.ExcludedUntil = state.IsEjected ? state.ExcludedUntil : null;
            _replicas.Add(state);
        }

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

        _excluded = _replicas.Count(static replica => replica.ExcludedUntil is not null);
        _next = 0;
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

    public void Exclude(ReplicaState replica, long until)
    {
        if (replica.IsEjected && replica.ExcludedUntil > until)
        {
            return;
        }

        if (replica.ExcludedUntil is null && _replicas.Contains(replica))
        {
            _excluded++;
        }

        replica.ExcludedUntil = until;
    }

    /// <summary>Ends the back-offs that are over. True when one was.</summary>
    public bool Readmit(long now)
    {
        if (_excluded == 0)
        {
            return false;
        }

        var before = _excluded;
        foreach (var replica in _replicas)
        {
            if (replica.ExcludedUntil <= now)
            {
                replica.ExcludedUntil = null;
                replica.IsEjected = false;
                _excluded--;
            }
        }

        return _excluded < before;
    }

    /// <summary>When the next back-off ends; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextReadmission()
    {
        var next = long.MaxValue;
        if (_excluded > 0)
        {
            foreach (var replica in _replicas)
            {
                next = Math.Min(next, replica.ExcludedUntil ?? long.MaxValue);
            }
        }

        return next;
    }

    private static bool IsLessLoaded(ReplicaState one, ReplicaState other) =>
        (long)one.Held * other.Endpoint.MaxConcurrentRequests < (long)other.Held * one.Endpoint.MaxConcurrentRequests;
}
