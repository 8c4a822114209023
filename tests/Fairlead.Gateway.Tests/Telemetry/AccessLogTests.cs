using System.Text.Json;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Gateway.Tests.Telemetry;

public sealed class AccessLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-log-").FullName;

    private string File => Path.Combine(_folder, "access.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Requests_OfAllKinds_AreOneLineEach()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync("0123456789"), configure: options => options.AccessLog.Path = File);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/service/iris/score")
        {
            Content = new StringContent("{\"a\":1}"),
            Headers = { { "x-request-id", "mine" }, { "traceparent", $"00-{new string('a', 32)}-{new string('b', 16)}-00" } },
        };
        await (await gateway.Client.SendAsync(request)).Content.ReadAsStringAsync();
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open) with { DesiredReplicas = 0 });
        await gateway.ScoreAsync();

        var lines = await LinesAsync(gateway, 2);

        var answered = lines[0];
        Assert.Equal("iris", answered.GetProperty("service").GetString());
        Assert.Equal(200, answered.GetProperty("code").GetInt32());
        Assert.Equal("answered", answered.GetProperty("reason").GetString());
        Assert.Equal("r1", answered.GetProperty("replica").GetString());
        Assert.Equal(7, answered.GetProperty("bytesIn").GetInt64());
        Assert.Equal(10, answered.GetProperty("bytesOut").GetInt64());
        Assert.Equal("mine", answered.GetProperty("requestId").GetString());
        Assert.Equal(new string('a', 32), answered.GetProperty("traceId").GetString());
        Assert.Equal(1, answered.GetProperty("attempts").GetInt32());
        Assert.True(answered.GetProperty("durationMs").GetDouble() >= answered.GetProperty("routingMs").GetDouble());
        var refused = lines[1];
        Assert.Equal(503, refused.GetProperty("code").GetInt32());
        Assert.Equal("no-ready-replica", refused.GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("replica").ValueKind);
        Assert.False(refused.TryGetProperty("routingMs", out _));
    }

    [Fact]
    public async Task File_OverItsLimit_IsMovedAway()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            _ => Task.CompletedTask,
            configure: options => (options.AccessLog.Path, options.AccessLog.MaxFileBytes) = (File, 4096));
        var log = gateway.Services.GetRequiredService<AccessLog>();
        for (var i = 0; i < 40 && !System.IO.File.Exists(File + ".1"); i++)
        {
            await gateway.ScoreAsync();
            await log.FlushAsync();
        }

        Assert.True(System.IO.File.Exists(File + ".1"));
    }

    private async Task<List<JsonElement>> LinesAsync(GatewayFixture gateway, int count)
    {
        var log = gateway.Services.GetRequiredService<AccessLog>();
        string[] lines = [];
        await Expect.EventuallyAsync(() =>
        {
            log.FlushAsync().GetAwaiter().GetResult();
            lines = System.IO.File.Exists(File) ? System.IO.File.ReadAllLines(File) : [];
            return lines.Length >= count;
        });
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
