namespace Fairlead.Gateway.Leasing;

/// <summary>The time in which nobody grants, because the coordinator has gone and the next one does not know all leases
/// yet; or in which places are lost to a gateway that has gone. It is not the service that is slow then, so the wait limit of its requests does not run; and when it ends, those
/// that have gathered get time to be worked off.</summary>
internal sealed partial class ServiceQueue
{
    /// <summary>At 80 % load a backlog takes four times the standstill to be worked off.</summary>
    private const int GraceFactor = 4;

    private long? _standsSince;
    private bool _isShort;
    private long _graceUntil = long.MinValue;

    private void NoteRole_NeedsLock(long now)
    {
        if (_role == QueueRole.Settling || _role == QueueRole.Following && !_isOpen || _isShort)
        {
            _standsSince ??= now;
        }
        else if (_standsSince is { } since)
        {
            _standsSince = null;
            if (_role != QueueRole.Unavailable)
            {
                _graceUntil = now + (GraceFactor * Math.Min(Stood_NeedsLock(since, now), StandstillLimit));
                for (var waiter = _waiters.First; waiter is not null; waiter = waiter.Next)
                {
                    waiter.Deadline = Math.Max(waiter.Deadline, _graceUntil);
                }
            }
        }

        if (_waiters.Count > 0)
        {
            Arm_NeedsLock(now, now);
        }
    }

    // Longer than this gateway saw: before, the others waited for a coordinator that had gone already, or the one that it takes
    // over from was in its grace. A request that is past its limit, and that nobody refused, tells so.
    private long Stood_NeedsLock(long since, long now) =>
        _waiters.Oldest is { } oldest && oldest.Deadline < now ? Math.Max(now - since, now - oldest.Ticket.ArrivedAt) : now - since;

    private long StandstillLimit => _gate?.Standstill ?? 0;

    private long Deadline_NeedsLock(LeaseTicket ticket, TimeSpan wait) =>
        Math.Max(After(ticket.ArrivedAt, wait), _graceUntil);

    /// <summary>When the wait ends, as things are now. Of a request that the coordinator knows of, the coordinator decides;
    /// this gateway does only when it hears nothing for very long.</summary>
    private long Expiry_NeedsLock(Waiter waiter) => waiter is LocalWaiter { IsSent: true }
        ? waiter.Deadline + ((1 + GraceFactor) * StandstillLimit)
        : Expiry_NeedsLock(waiter.Deadline);

    private long Expiry_NeedsLock(long deadline) =>
        _standsSince is { } since ? Math.Max(deadline, since + StandstillLimit) : deadline;
}
