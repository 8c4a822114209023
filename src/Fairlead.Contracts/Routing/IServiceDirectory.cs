namespace Fairlead.Contracts.Routing;

/// <summary>The services and ready replicas of a compute target, as its gateway watches them.</summary>
public interface IServiceDirectory
{
    /// <summary>
    /// Calls the observer for each service there is, then for each change, in order, one call at a time. A publisher
    /// that marks a replica as draining, or a service as removed, goes on only after observers have returned: from
    /// then on no new request reaches it. Observers must be quick and must not throw.
    /// </summary>
    /// <returns>Ends the subscription when disposed.</returns>
    IDisposable Subscribe(IServiceDirectoryObserver observer);
}

/// <summary>Receives the changes of a <see cref="IServiceDirectory"/>.</summary>
public interface IServiceDirectoryObserver
{
    void OnChanged(ServiceRoute route);

    void OnRemoved(string service);
}

/// <summary>How a gateway's autoscaler changes the number of replicas: the scale subresource, in Kubernetes terms.</summary>
public interface IReplicaScaler
{
    /// <summary>Raises the wanted number of replicas. A number at or below the present one changes nothing.</summary>
    Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken);

    /// <summary>
    /// Lowers the wanted number by one and removes this very replica, which holds no request: the caller has drained
    /// it. A replica that is gone already still lowers the number.
    /// </summary>
    Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken);
}
