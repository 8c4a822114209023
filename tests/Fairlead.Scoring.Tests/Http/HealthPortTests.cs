using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

/// <summary>HEALTH_PORT (§3.5).</summary>
public sealed class HealthPortTests
{
    [Fact]
    public async Task HealthPort_ServesTheHealthRouteAlone()
    {
        var port = FreePort();
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("return data"), (ScoringHostVariables.EntryScript, "score.py"),
            ("SEPERATE_HEALTH_ENDPOINT", "true"), ("HEALTH_PORT", port.ToString(CultureInfo.InvariantCulture)));
        using var health = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Equal("Healthy", await health.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.NotFound, (await health.GetAsync("/score")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await health.GetAsync("/swagger.json")).StatusCode);
        Assert.Equal("Healthy", await host.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task HealthPort_WithoutTheSwitch_IsNotOpened()
    {
        var port = FreePort();
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("return data"), (ScoringHostVariables.EntryScript, "score.py"),
            ("HEALTH_PORT", port.ToString(CultureInfo.InvariantCulture)));
        using var socket = new TcpClient();

        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
