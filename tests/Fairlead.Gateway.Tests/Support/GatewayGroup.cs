using System.Net;
using System.Net.Sockets;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Peering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>Several gateways that know each other over real sockets, and replicas that count.</summary>
internal sealed class GatewayGroup : IAsyncDisposable
{
    public const string Key = "a-key-that-all-gateways-of-a-test-share";

    private readonly string[] _addresses;

    private GatewayGroup(string[] addresses) => _addresses = addresses;

    public List<GatewayFixture> Gateways { get; } = [];

    public List<FakeReplica> Replicas { get; } = [];

    /// <param name="count">How many run.</param>
    /// <param name="of">How many the settings name.</param>
    /// <param name="configure">Further options of each.</param>
    public static async Task<GatewayGroup> StartAsync(
        int count, int? of = null, Action<GatewayOptions>? configure = null)
    {
        // Addresses of the documentation's network: no gateway answers there.
        var group = new GatewayGroup(
        [
            .. FreePorts(count).Select(port => $"127.0.0.1:{port}"),
            .. Enumerable.Range(1, (of ?? count) - count).Select(host => $"192.0.2.{host}:8490"),
        ]);
        foreach (var address in group._addresses.Take(count))
        {
            group.Gateways.Add(await group.StartOneAsync(address, configure));
        }

        return group;
    }

    /// <summary>The node of a gateway.</summary>
    public static CoordinationNode Node(GatewayFixture gateway) =>
        gateway.Services.GetRequiredService<PeerService>().Node;

    /// <summary>Ends the connections of a gateway that goes on running.</summary>
    public static async Task CutOffAsync(GatewayFixture gateway) =>
        await gateway.Services.GetRequiredService<PeerService>().CutOffAsync();

    /// <summary>Waits until all that run agree, and the queue of the service may grant.</summary>
    public async Task SettleAsync() => await Expect.EventuallyAsync(() =>
        Gateways.Count(gateway => gateway.Service.Queue.Role == QueueRole.Granting) == 1
        && Gateways.Count(gateway => gateway.Service.Queue.Role == QueueRole.Following) == Gateways.Count - 1
        && Gateways.Select(gateway => Node(gateway).Find(TestRoutes.Service)!.Coordinator).Distinct().Count() == 1);

    public GatewayFixture Coordinator => Gateways.Single(gateway => gateway.Service.Queue.Role == QueueRole.Granting);

    public async Task PublishAsync(int replicas, int limit, RequestDelegate answer, int maxWait = 20_000)
    {
        for (var i = 0; i < replicas; i++)
        {
            Replicas.Add(await FakeReplica.StartAsync("r" + i, answer));
        }

        var spec = TestRoutes.Open with { MaxQueueWaitMs = maxWait, MaxConcurrentRequestsPerContainer = limit };
        ReplicaEndpoint[] endpoints = [.. Replicas.Select(replica => replica.Endpoint(limit))];
        foreach (var gateway in Gateways)
        {
            gateway.Directory.Publish(TestRoutes.Route(spec, endpoints));
        }
    }

    /// <summary>Ends one gateway, in order.</summary>
    public async Task StopAsync(GatewayFixture gateway)
    {
        Gateways.Remove(gateway);
        await gateway.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }

        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync();
        }
    }

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(static listener => listener.Start());
        int[] ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(static listener => listener.Stop());
        return ports;
    }

    private Task<GatewayFixture> StartOneAsync(string address, Action<GatewayOptions>? configure) => GatewayFixture.StartAsync(options =>
    {
        configure?.Invoke(options);
        options.Peers.Address = address;
        options.Peers.Addresses = string.Join(',', _addresses);
        options.Peers.Key = Key;
    });
}
