using System.Net;
using System.Net.Sockets;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Preflight;

namespace Fairlead.Kubernetes.Tests.Preflight;

public sealed class HostProbeTests
{
    [Theory]
    [InlineData("registry.test:443", "registry.test", 443)]
    [InlineData("https://registry.test/v2/", "registry.test", 443)]
    [InlineData("http://registry.test:5000", "registry.test", 5000)]
    [InlineData("[::1]:80", "::1", 80)]
    public void Parse_AddressOrUrl_GivesHostAndPort(string text, string host, int port)
    {
        var parsed = HostProbe.Parse(text);

        Assert.Equal((host, port), (parsed.Host, parsed.Port));
    }

    [Theory]
    [InlineData("registry.test")]
    [InlineData("registry.test:0")]
    [InlineData("registry.test:https")]
    [InlineData("a b:80")]
    public void Parse_Neither_IsRefused(string text) => Assert.Contains(text, Assert.Throws<FairleadException>(() => HostProbe.Parse(text)).Message);

    [Fact(Timeout = 30_000)]
    public async Task Run_ListenerAndClosedPort_TellsWhichIsReached()
    {
        using var open = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        open.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        open.Listen();
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var report = await new HostProbe(TimeProvider.System).RunAsync(
            [$"127.0.0.1:{PortOf(open)}", $"127.0.0.1:{PortOf(closed)}", "nothing.invalid:443"], TestContext.Current.CancellationToken);

        Assert.Equal((null, "127.0.0.1"), (report.Results[0].Error, report.Results[0].Addresses.Single()));
        Assert.NotNull(report.Results[1].Error);
        Assert.NotNull(report.Results[2].Error);
        Assert.Empty(report.Results[2].Addresses);
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
