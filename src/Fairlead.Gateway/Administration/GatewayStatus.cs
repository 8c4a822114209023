using System.Reflection;
using Fairlead.Contracts.Api;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Peering;
using Fairlead.Gateway.Routing;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Administration;

/// <summary>Tells what this gateway knows, for <c>fairlead gateway status</c>.</summary>
internal sealed class GatewayStatus(ServiceTable services, IOptions<GatewayOptions> options, PeerService peers)
{
    private const string Alone = "alone";

    private static readonly string Version =
        typeof(GatewayStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public GatewayStatusDto Describe()
    {
        var node = options.Value.Peers.IsEnabled ? peers.Node : null;
        return new GatewayStatusDto(
            node?.Id ?? Alone,
            Version.Split('+')[0],
            node?.Describe(),
            [.. services.WithReplicas.OrderBy(static service => service.Name, StringComparer.Ordinal)
                .Select(service => Describe(service, node?.Find(service.Name)))]);
    }

    private static GatewayServiceDto Describe(ServiceState service, CoordinatedService? coordinated)
    {
        var queue = service.Queue;
        return new GatewayServiceDto(
            service.Name,
            coordinated is null ? Alone : coordinated.Coordinator,
            queue.Role.ToString().ToLowerInvariant(),
            service.Snapshot.Route.DesiredReplicas,
            queue.Snapshot().Queued,
            (long?)queue.OldestWait?.TotalMilliseconds,
            queue.DescribeReplicas(),
            [.. coordinated?.Books().Select(static book => new GatewayPeerLeasesDto(book.Peer, book.Leases, book.Waiting)) ?? []]);
    }
}
