using System.Net;
using System.Net.Sockets;
using Fairlead.Gateway.Peering;

namespace Fairlead.Gateway.Tests.Peering;

public sealed class PeerHandshakeTests
{
    private static readonly string Key = new('k', 32);

    [Fact]
    public async Task Records_BetweenGatewaysWithOneKey_ArriveInOrder()
    {
        var (dialer, listener) = await ConnectAsync();
        var accepting = PeerHandshake.AcceptAsync(listener, Key, "b", TestContext.Current.CancellationToken);
        using var one = await PeerHandshake.DialAsync(dialer, Key, "a", "b", TestContext.Current.CancellationToken);
        var (other, peer) = await accepting;
        using var _ = other;

        await one.WriteAsync(new byte[] { 1, 2 }, TestContext.Current.CancellationToken);
        await one.WriteAsync(new byte[] { 3 }, TestContext.Current.CancellationToken);

        Assert.Equal("a", peer);
        Assert.Equal([1, 2], (await other.ReadAsync(TestContext.Current.CancellationToken))!.Value.ToArray());
        Assert.Equal([3], (await other.ReadAsync(TestContext.Current.CancellationToken))!.Value.ToArray());
    }

    [Theory]
    [InlineData("another-key-another-key-another-key", "b")]
    [InlineData(null, "c")]
    public async Task Handshake_WithOtherKeyOrName_IsRefused(string? key, string expected)
    {
        var (dialer, listener) = await ConnectAsync();
        using var first = dialer;
        using var second = listener;
        var accepting = PeerHandshake.AcceptAsync(listener, Key, "b", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidDataException>(
            () => PeerHandshake.DialAsync(dialer, key ?? Key, "a", expected, TestContext.Current.CancellationToken));
        dialer.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting);
    }

    private static async Task<(Socket Dialer, Socket Listener)> ConnectAsync()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        var dialer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await dialer.ConnectAsync(server.LocalEndPoint!);
        return (dialer, await server.AcceptAsync());
    }
}
