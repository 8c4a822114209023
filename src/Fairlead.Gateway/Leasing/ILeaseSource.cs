namespace Fairlead.Gateway.Leasing;

/// <summary>Where a request gets the right to be in a replica: this process's queue, or a coordinator elsewhere.</summary>
internal interface ILeaseSource
{
    /// <summary>Waits in arrival order for a free replica. A granted lease must be given to <see cref="Release"/>.</summary>
    ValueTask<LeaseResult> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Ends a lease. False, and no effect, when it has been released before.</summary>
    bool Release(Lease lease, LeaseEnd end);
}
