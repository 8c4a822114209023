using System.Globalization;
using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Cluster;
using k8s.Models;

namespace Fairlead.Kubernetes.Installing;

/// <summary>Where the gateway of a cluster is reached.</summary>
internal static class GatewayAddress
{
    /// <summary>Name of the port with TLS.</summary>
    public const string HttpsPort = "https";

    private const string HttpPort = "http";

    public static async Task<V1Service?> FindServiceAsync(ClusterClient client, CancellationToken cancellationToken)
    {
        var services = await client.ListAsync(ApiKinds.Services, new ListQuery(Names.SystemNamespace), cancellationToken);
        return services.Items.FirstOrDefault(Installation.IsGateway);
    }

    /// <summary>The base of scoring URLs; null while the cloud has given no address.</summary>
    public static async Task<string?> FindAsync(
        ClusterClient client, V1Service service, ClusterTls? tls, CancellationToken cancellationToken)
    {
        var nodes = service.Spec.Type == "NodePort"
            ? (await client.ListAsync(ApiKinds.Nodes, new ListQuery(), cancellationToken)).Items
            : [];
        return Of(service, nodes, tls);
    }

    /// <param name="service">Of the gateways.</param>
    /// <param name="nodes">Of the cluster; only needed with node ports.</param>
    /// <param name="tls">Callers then use the name that the certificate is for.</param>
    public static string? Of(V1Service service, IReadOnlyList<V1Node> nodes, ClusterTls? tls)
    {
        var wanted = tls is null ? HttpPort : HttpsPort;
        var port = service.Spec.Ports.FirstOrDefault(port => port.Name == wanted) ?? service.Spec.Ports[0];
        return service.Spec.Type switch
        {
            "LoadBalancer" => (service.Status?.LoadBalancer?.Ingress ?? []).FirstOrDefault() is { } ingress
                ? Url(ingress.Hostname ?? ingress.Ip, port.Port, tls) : null,
            "NodePort" => nodes.Select(AddressOf).FirstOrDefault(address => address is not null) is { } address && port.NodePort is { } number
                ? Url(address, number, tls) : null,
            _ => string.IsNullOrEmpty(service.Spec.ClusterIP) ? null : Url(service.Spec.ClusterIP, port.Port, tls),
        };
    }

    private static string? AddressOf(V1Node node) =>
        (node.Status?.Addresses ?? []).OrderBy(address => address.Type == "ExternalIP" ? 0 : 1)
            .FirstOrDefault(address => address.Type is "ExternalIP" or "InternalIP")?.Address;

    private static string Url(string host, int port, ClusterTls? tls)
    {
        if (tls is not null)
        {
            return port == 443 ? "https://" + tls.Cname : string.Create(CultureInfo.InvariantCulture, $"https://{tls.Cname}:{port}");
        }

        var name = host.Contains(':') ? $"[{host}]" : host;
        return port == 80 ? "http://" + name : string.Create(CultureInfo.InvariantCulture, $"http://{name}:{port}");
    }
}
