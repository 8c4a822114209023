using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Cli.Tests.Probing;

public sealed class ProbeCommandTests
{
    [Fact]
    public async Task AllAnswered_CountsEachAndEndsWithZero()
    {
        var seen = 0;
        await using var service = await StartAsync(async context =>
        {
            Interlocked.Increment(ref seen);
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.StatusCode = body == """{"data": 1}""" && context.Request.Headers.Authorization == "Bearer open"
                && context.Request.ContentType == "application/json" ? 200 : 400;
        });
        await using var cli = new CliRun();

        var result = await cli.RunBareAsync(
            "probe", Url(service), "--rate", "200", "--duration", "500ms", "--key", "open", "-d", """{"data": 1}""");

        Assert.Equal(0, result.Ok().Code);
        Assert.Equal((100, 100, 100, 0), ((int)result.Json["sent"]!, (int)result.Json["answered"]!, seen, (int)result.Json["failed"]!));
        Assert.Equal("""{"200":100}""", result.Json["outcomes"]!.ToJsonString());
        Assert.True((double)result.Json["latencyMs"]!["p50"]! > 0);
        Assert.Empty(result.Json["failures"]!.AsArray());
    }

    [Fact]
    public async Task Failures_AreCountedByWhoAnswered_AndTheExitCodeSaysSo()
    {
        var seen = 0;
        await using var service = await StartAsync(context =>
        {
            switch (Interlocked.Increment(ref seen) % 4)
            {
                case 1:
                    context.Response.StatusCode = 503;
                    context.Response.Headers["x-fairlead-gateway"] = "queue-full";
                    context.Response.Headers["x-request-id"] = "the-id";
                    return context.Response.WriteAsync("Too many requests");
                case 2:
                    context.Response.StatusCode = 502;
                    return Task.CompletedTask;
                case 3:
                    context.Abort();
                    return Task.CompletedTask;
                default:
                    return Task.CompletedTask;
            }
        });
        await using var cli = new CliRun();

        var result = await cli.RunBareAsync("probe", Url(service), "--rate", "100", "--duration", "200ms", "--new-connections");

        Assert.Equal(1, result.Code);
        Assert.Equal(20, (int)result.Json["sent"]!);
        Assert.Equal((5, 15), ((int)result.Json["answered"]!, (int)result.Json["failed"]!));
        Assert.Equal((5, 5), ((int)result.Json["outcomes"]!["503 queue-full"]!, (int)result.Json["outcomes"]!["502"]!));
        Assert.Contains(
            result.Json["failures"]!.AsArray(),
            failure => (string?)failure!["outcome"] == "503 queue-full" && (string?)failure["detail"] == "Too many requests" && (string?)failure["requestId"] == "the-id");
    }

    [Fact]
    public async Task SlowService_DoesNotSlowTheProbe_AndLatencyCountsFromWhenItWasDue()
    {
        var release = new TaskCompletionSource();
        var seen = 0;
        await using var service = await StartAsync(async context =>
        {
            if (Interlocked.Increment(ref seen) == 20)
            {
                release.SetResult();
            }

            await release.Task;
        });
        await using var cli = new CliRun();

        // Nobody is answered before the last one is sent: a closed loop would never get there.
        var result = (await cli.RunBareAsync("probe", Url(service), "--rate", "100", "--duration", "200ms")).Ok();

        Assert.Equal(20, (int)result.Json["answered"]!);
        Assert.True((double)result.Json["latencyMs"]!["max"]! >= 150, result.Out);
        Assert.True((double)result.Json["longestGapMs"]! >= 150, result.Out);
    }

    [Fact]
    public async Task NoAnswerInTime_AndNobodyThere_AreFailures()
    {
        await using var service = await StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var cli = new CliRun();

        var slow = await cli.RunBareAsync("probe", Url(service), "--rate", "10", "--duration", "100ms", "--timeout", "100ms");
        await service.StopAsync();
        var gone = await cli.RunBareAsync("probe", Url(service), "--rate", "10", "--duration", "100ms");

        Assert.Equal((1, """{"timeout":1}"""), (slow.Code, slow.Json["outcomes"]!.ToJsonString()));
        Assert.Equal((1, """{"connection refused":1}"""), (gone.Code, gone.Json["outcomes"]!.ToJsonString()));
    }

    [Fact]
    public async Task NobodyThereYet_IsTriedAgain_WhenAsked()
    {
        var service = await StartAsync(_ => Task.CompletedTask);
        var url = Url(service);
        var address = service.Urls.First();
        await service.DisposeAsync();
        await using var cli = new CliRun();

        var probe = cli.RunBareAsync("probe", url, "--rate", "10", "--duration", "100ms", "--connect-attempts", "300");
        await using var later = await StartAsync(_ => Task.CompletedTask, address);

        Assert.Equal(1, (int)(await probe).Ok().Json["answered"]!);
    }

    [Fact]
    public async Task Table_HasTheFigures_AndFailuresOnStandardError()
    {
        await using var service = await StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var cli = new CliRun();

        var result = await cli.RunBareAsync("probe", Url(service), "--rate", "10", "--duration", "100ms", "-o", "table");

        Assert.Equal(1, result.Code);
        Assert.Contains("500=1", result.Out, StringComparison.Ordinal);
        Assert.Contains("p99", result.Out, StringComparison.Ordinal);
        Assert.Contains(": 500", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rate", "0", "rate")]
    [InlineData("--duration", "soon", "duration")]
    [InlineData("--duration", "1d", "duration")]
    [InlineData("--timeout", "0", "timeout")]
    [InlineData("--connect-attempts", "0", "connect-attempts")]
    [InlineData("--input-data", "@missing.json", "input-data")]
    public async Task BadValues_AreNamedBeforeAnythingIsSent(string option, string value, string field)
    {
        await using var cli = new CliRun();

        var result = await cli.RunBareAsync("probe", "http://127.0.0.1:1/score", option, value);

        Assert.Equal(2, result.Code);
        Assert.Contains(field, result.Error, StringComparison.Ordinal);
        Assert.Contains(value, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_IsProbedAtItsUrlWithItsKey()
    {
        await using var cli = new CliRun();
        await cli.RunAsync("model", "register", "-n", "iris", "-p", cli.Folder.File("iris.onnx"));
        await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "iris");

        var result = (await cli.RunAsync("probe", "iris", "--rate", "20", "--duration", "100ms", "-d", """{"data": [1]}""")).Ok();

        Assert.Equal(2, (int)result.Json["answered"]!);
        Assert.EndsWith("/iris/score", (string?)result.Json["url"], StringComparison.Ordinal);
    }

    private static string Url(WebApplication service) => service.Urls.First() + "/api/v1/service/x/score";

    private static async Task<WebApplication> StartAsync(RequestDelegate handler, string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add(address);
        app.Run(handler);
        await app.StartAsync();
        return app;
    }
}
