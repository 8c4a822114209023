using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Tests.Smuggling;
using Fairlead.Gateway.Tests.Support;
using Fairlead.Gateway.Transport;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Forwarding;

public sealed class PoolTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";

    private static readonly IOptions<GatewayOptions> OneThread = Options.Create(new GatewayOptions { IoThreads = 1 });

    private readonly IoLoops _loops = new(OneThread);

    [Fact]
    public async Task Idle_BeyondNumber_AreClosed()
    {
        await using var replica = new RawPeer(Ok, closes: false);
        using var pool = new ReplicaConnections(OneThread, _loops, TimeProvider.System);
        var connections = new List<ReplicaConnection>();
        for (var i = 0; i < ReplicaPool.MaxIdle + 3; i++)
        {
            connections.Add(await ConnectAsync(pool, replica.Address));
        }

        await Expect.EventuallyAsync(() => replica.Open == connections.Count);
        foreach (var connection in connections)
        {
            ReplicaConnections.Return(connection);
        }

        await Expect.EventuallyAsync(() => replica.Open == ReplicaPool.MaxIdle);
    }

    [Fact]
    public async Task Idle_BeyondTime_AreClosed()
    {
        var time = new FakeTimeProvider();
        await using var replica = new RawPeer(Ok, closes: false);
        using var pool = new ReplicaConnections(OneThread, _loops, time);
        var first = await ConnectAsync(pool, replica.Address);
        var second = await ConnectAsync(pool, replica.Address);
        ReplicaConnections.Return(first);
        time.Advance(TimeSpan.FromSeconds(20));
        ReplicaConnections.Return(second);

        time.Advance(TimeSpan.FromSeconds(20));

        await Expect.EventuallyAsync(() => replica.Open == 1);
        Assert.Same(second, pool.TryTake(replica.Address));
        Assert.Null(pool.TryTake(replica.Address));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Idle_OfReplicaThatLeft_AreClosed(bool serviceRemoved)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await using var leaving = new RawPeer(Ok, closes: false);
        await using var staying = new RawPeer(Ok, closes: false);
        gateway.Directory.Publish(TestRoutes.Route(
            TestRoutes.Open, new ReplicaEndpoint("r1", leaving.Address, 1, false), new ReplicaEndpoint("r2", staying.Address, 1, false)));
        for (var i = 0; i < 2; i++)
        {
            using var response = await gateway.ScoreAsync();
            Assert.Equal("ab", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal((1, 1), (leaving.Open, staying.Open));
        if (serviceRemoved)
        {
            gateway.Directory.Remove(TestRoutes.Service);
        }
        else
        {
            gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open, new ReplicaEndpoint("r2", staying.Address, 1, false)));
        }

        await Expect.EventuallyAsync(() => leaving.Open == 0 && (!serviceRemoved || staying.Open == 0));
        Assert.Equal(serviceRemoved ? 0 : 1, staying.Open);
    }

    [Fact]
    public async Task InUse_OfReplicaThatLeft_AreClosedWhenReturned()
    {
        await using var replica = new RawPeer(Ok, closes: false);
        using var pool = new ReplicaConnections(OneThread, _loops, TimeProvider.System);
        var connection = await ConnectAsync(pool, replica.Address);
        await Expect.EventuallyAsync(() => replica.Open == 1);
        pool.Drop(replica.Address);
        Assert.Equal(1, replica.Open);

        ReplicaConnections.Return(connection);

        await Expect.EventuallyAsync(() => replica.Open == 0);
    }

    public void Dispose() => _loops.Dispose();

    // With an answer read, as a connection has that comes back.
    private static async Task<ReplicaConnection> ConnectAsync(ReplicaConnections pool, Uri address)
    {
        var connection = await pool.ConnectAsync(address, CancellationToken.None);
        await connection.SendAsync("x"u8.ToArray());
        await connection.ReceiveAsync();
        return connection;
    }
}
