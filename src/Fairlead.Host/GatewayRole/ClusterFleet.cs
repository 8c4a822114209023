using Fairlead.Gateway.SelfScaling;
using Fairlead.Kubernetes.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>The gateways of a cluster, for the one that decides how many and how large they are.</summary>
internal sealed class ClusterFleet(GatewayDeployment deployment) : IGatewayFleet
{
    public Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        deployment.LeadAsync(work, cancellationToken);

    public async Task<GatewaySize?> ReadAsync(CancellationToken cancellationToken) =>
        await deployment.ReadAsync(cancellationToken) is { } size ? new GatewaySize(size.MilliCpu, size.Pods) : null;

    public async Task<ClusterRoom> FindRoomAsync(CancellationToken cancellationToken)
    {
        var (perGateway, forNew) = await deployment.FindRoomAsync(cancellationToken);
        return new ClusterRoom(perGateway, forNew);
    }

    public Task ResizeAsync(GatewaySize size, CancellationToken cancellationToken) =>
        deployment.ResizeAsync(size.MilliCpu, size.Pods, cancellationToken);
}
