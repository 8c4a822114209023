using System.Net;
using Fairlead.Gateway.Peering;
using Fairlead.Kubernetes.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>The other gateways of a cluster: pods of this one's namespace, all at the same port.</summary>
internal sealed class ClusterPeers(GatewayPods pods) : IPeerSource
{
    public const int Port = 8490;

    private volatile Task _next = Task.CompletedTask;

    /// <summary>What this gateway is called by the others; null when the pod does not say its address and namespace: then
    /// it is alone.</summary>
    public static ClusterPeer? Self =>
        IPAddress.TryParse(Environment.GetEnvironmentVariable("POD_IP"), out var address)
        && Environment.GetEnvironmentVariable("POD_NAMESPACE") is { Length: > 0 } ns
            ? new ClusterPeer(new IPEndPoint(address, Port).ToString(), ns)
            : null;

    public Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken)
    {
        // Before the look, so that no change after it is missed.
        _next = pods.NextChange;
        return Task.FromResult<IReadOnlyCollection<string>>([.. pods.Addresses.Select(address => new IPEndPoint(address, Port).ToString())]);
    }

    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_next, Task.Delay(atMost, time, limit.Token));
        await limit.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}

/// <param name="Address">IP address and port.</param>
/// <param name="Namespace">Of all gateways.</param>
internal sealed record ClusterPeer(string Address, string Namespace);
