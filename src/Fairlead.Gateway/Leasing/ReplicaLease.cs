namespace Fairlead.Gateway.Leasing;

/// <summary>The right to have one request in one replica. A value, so that a grant allocates nothing.</summary>
/// <remarks>
/// Copies are the same lease: the ticket's version makes the first release count and every later one do nothing, also
/// when the ticket has been given to another request since.
/// </remarks>
internal readonly record struct ReplicaLease(ServiceQueue Queue, ReplicaSlot Replica, int Ticket, uint Version)
{
    public Uri Address => Replica.Address;

    /// <summary>The request has ended, in whatever way.</summary>
    public void Release() => Queue.Release(this, rest: TimeSpan.Zero);

    /// <summary>The replica did not take the request: it gets no other one for a while, unless one of its own ends.</summary>
    public void ReleaseRefused(TimeSpan rest) => Queue.Release(this, rest);
}
