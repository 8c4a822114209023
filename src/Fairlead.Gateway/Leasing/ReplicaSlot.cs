namespace Fairlead.Gateway.Leasing;

/// <summary>What a queue knows of one replica, and the tickets of the requests in it.</summary>
/// <remarks>Everything that changes is read and written under the lock of the <see cref="ServiceQueue"/>.</remarks>
internal sealed class ReplicaSlot(string id, Uri address)
{
    private readonly Stack<int> _freeTickets = [];
    private uint[] _versions = new uint[1];
    private int _issued;

    public string Id { get; } = id;

    public Uri Address { get; } = address;

    public int Limit { get; set; }

    public int Busy { get; private set; }

    /// <summary>False once the compute target no longer lists it: it only waits for its requests to end.</summary>
    public bool Listed { get; set; }

    /// <summary>Marked by the compute target: a rollout, a delete.</summary>
    public bool Draining { get; set; }

    /// <summary>Marked by our own autoscaler, which removes it once it is empty.</summary>
    public bool Retiring { get; set; }

    /// <summary>Timestamp before which it gets no request, as it refused one.</summary>
    public long RestUntil { get; set; } = long.MinValue;

    /// <summary>Completed when a retiring replica has become empty.</summary>
    public TaskCompletionSource? Emptied { get; set; }

    public bool IsReady => Listed && !Draining && !Retiring;

    public bool CanTake(long now) => IsReady && Busy < Limit && RestUntil <= now;

    public (int Ticket, uint Version) Take()
    {
        if (!_freeTickets.TryPop(out var ticket))
        {
            ticket = _issued++;
            if (ticket == _versions.Length)
            {
                Array.Resize(ref _versions, ticket * 2);
            }
        }

        Busy++;
        return (ticket, _versions[ticket]);
    }

    /// <summary>False when this lease was given back already.</summary>
    public bool TryGiveBack(int ticket, uint version)
    {
        if (_versions[ticket] != version)
        {
            return false;
        }

        _versions[ticket]++;
        _freeTickets.Push(ticket);
        Busy--;
        return true;
    }
}
