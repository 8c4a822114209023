namespace Fairlead.Gateway.SelfScaling;

/// <summary>All gateways of a cluster together: what they have, and what they could have. Implemented by whoever runs them.</summary>
public interface IGatewayFleet
{
    /// <summary>Runs <paramref name="work"/> whenever this gateway is the one that decides, and cancels it when another is.</summary>
    Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken);

    /// <summary>What they are told to have; null while a change is under way.</summary>
    Task<GatewaySize?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>What is free.</summary>
    Task<ClusterRoom> FindRoomAsync(CancellationToken cancellationToken);

    /// <summary>Changes what they have, without losing a request.</summary>
    Task ResizeAsync(GatewaySize size, CancellationToken cancellationToken);
}
