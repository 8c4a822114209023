namespace Fairlead.Gateway.Leasing;

/// <summary>One request in the queue: a link of the list. Guarded by the queue's lock.</summary>
internal abstract class Waiter
{
    public Waiter? Previous { get; set; }

    public Waiter? Next { get; set; }

    public bool IsQueued { get; set; }

    /// <summary>Its number among the requests of the gateway it came to; the token of its lease.</summary>
    public long Id { get; set; }

    public LeaseTicket Ticket { get; set; }

    public long QueuedAt { get; set; }

    public long Deadline { get; set; }

    /// <summary>Bytes that the gateway holds for it; 0 when it is another gateway that does.</summary>
    public int Bytes { get; set; }

    /// <summary>Those with a lower one are served first.</summary>
    public byte Urgency { get; set; }

    /// <summary>There was no replica when it came.</summary>
    public bool IsColdStart { get; set; }

    /// <summary>Where <see cref="Bytes"/> are given back when the wait is over.</summary>
    public QueueBudget? Budget { get; set; }

    /// <summary>The request is for another gateway, which this one coordinates.</summary>
    public abstract bool IsForeign { get; }

    /// <summary>Ends the wait. Called under the queue's lock, once.</summary>
    public abstract void SetResult(LeaseResult result);
}
