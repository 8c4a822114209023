using System.Net.Http.Headers;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>§3.4 and §4.5 as a client meets them: gateway and scoring host together.</summary>
public sealed class RouterContractTests(RouterContractTests.Scripted scripted) : IClassFixture<RouterContractTests.Scripted>
{
    private const string Given = "11111111-aaaa";
    private const string MsGiven = "22222222-bbbb";
    private const string ClientGiven = "33333333-cccc";

    private const string Script = """
        import json, time
        from azureml.contrib.services.aml_response import AMLResponse

        def init():
            pass

        def run(data):
            request = json.loads(data)
            if "sleep" in request:
                time.sleep(request["sleep"])
            if "raise" in request:
                raise ValueError(request["raise"])
            if "status" in request:
                return AMLResponse("as the script says", request["status"], {"x-own": "kept"})
            return {"echo": request}
        """;

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(Given, null, null)]
    [InlineData(null, MsGiven, null)]
    [InlineData(null, null, ClientGiven)]
    [InlineData(Given, MsGiven, null)]
    [InlineData(null, MsGiven, ClientGiven)]
    [InlineData(Given, null, ClientGiven)]
    [InlineData(Given, MsGiven, ClientGiven)]
    public async Task RequestIds_InEveryCombination_AreAnsweredAsTheTableSays(string? id, string? ms, string? client)
    {
        using var answer = await SendAsync(
            scripted.Key, "{}", ("x-request-id", id), ("x-ms-request-id", ms), ("x-ms-client-request-id", client));

        var answered = Header(answer, "x-request-id");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.True(id is null ? Guid.TryParse(answered, out _) : answered == id, answered);
        Assert.Equal(ms ?? client ?? answered, Header(answer, "x-ms-request-id"));
        Assert.Equal(client ?? ms, Header(answer, "x-ms-client-request-id"));
    }

    [Fact]
    public async Task Score_Answer_PassesWithTheHostsHeaders()
    {
        using var answer = await SendAsync(scripted.Key, """{"x": 1}""");

        Assert.Equal(
            (200, """{"echo": {"x": 1}}"""), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("False", Header(answer, "x-ms-run-function-failed"));
        Assert.NotNull(Header(answer, "x-ms-run-fn-exec-ms"));
        Assert.Null(Header(answer, "x-fairlead-gateway"));
        Assert.Null(Header(answer, "x-fairlead-refused"));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(503)]
    public async Task Score_StatusThatTheScriptSets_PassesThrough(int status)
    {
        using var answer = await SendAsync(scripted.Key, $$"""{"status": {{status}}}""");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("kept", Header(answer, "x-own"));
        Assert.Contains("as the script says", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_RunThatRaises_Is502WithTheHostsBody()
    {
        using var answer = await SendAsync(scripted.Key, """{"raise": "secret detail"}""");
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal("True", Header(answer, "x-ms-run-function-failed"));
        Assert.Contains("An unexpected error occurred in scoring script. Check the logs for more info.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_NoKeyOrAWrongOne_Is401ByTheGateway()
    {
        using var none = await SendAsync(null, "{}");
        using var wrong = await SendAsync("wrong", "{}");

        Assert.All([none, wrong], answer =>
        {
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.NotNull(Header(answer, "x-fairlead-gateway"));
            Assert.NotNull(Header(answer, "x-ms-request-id"));
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.First().Scheme);
        });
    }

    [Fact]
    public async Task Score_LongerThanTheTimeout_Is504AndTheServiceGoesOn()
    {
        using var answer = await SendAsync(scripted.Key, """{"sleep": 30}""");

        Assert.Equal(504, (int)answer.StatusCode);
        await Eventually.TrueAsync(
            async () => (int)(await SendAsync(scripted.Key, "{}")).StatusCode == 200, "the service to answer again");
    }

    [Fact]
    public async Task Score_AllReplicasBusyForTooLong_Is503WithTheReasonAndWhenToTryAgain()
    {
        await Eventually.TrueAsync(
            async () => (int)(await SendAsync(scripted.Key, "{}")).StatusCode == 200, "a free replica");
        var first = SendAsync(scripted.Key, """{"sleep": 1.5}""");
        await Task.Delay(200);

        using var second = await SendAsync(scripted.Key, "{}");

        Assert.Equal(503, (int)second.StatusCode);
        Assert.Equal(
            "Too many requests for service scripted (overloaded)", (await second.Content.ReadAsStringAsync()).Split('\n')[0]);
        Assert.NotNull(Header(second, "x-fairlead-gateway"));
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Equal(200, (int)(await first).StatusCode);
    }

    [Fact]
    public async Task Management_SecondOperationOnABusyService_Is409()
    {
        (await Samples.DeployScriptAsync(
            scripted.Server, "busy", "import time\ndef init():\n    time.sleep(20)\ndef run(data):\n    return 1\n", "--no-wait"))
            .Succeeded();

        var update = await scripted.Server.CliAsync("service", "update", "-n", "busy", "--nr", "2");
        var delete = await scripted.Server.CliAsync("service", "delete", "-n", "busy");
        var forced = await scripted.Server.CliAsync("service", "delete", "-n", "busy", "--force");

        Assert.Contains("ServiceBusy", update.Failed(4).Error, StringComparison.Ordinal);
        Assert.Contains("--force", delete.Failed(4).Error, StringComparison.Ordinal);
        forced.Succeeded();
        Assert.Empty(scripted.Server.Replicas("busy"));
    }

    private async Task<HttpResponseMessage> SendAsync(
        string? key, string body, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, scripted.Server.ScoringUrl("scripted"))
        {
            Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json")),
        };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.Add(name, value);
        }

        return await scripted.Server.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    /// <summary>A server with the script, shared by the tests of this class, which run one after another.</summary>
    public sealed class Scripted : IAsyncLifetime
    {
        internal Server Server { get; private set; } = null!;

        internal string Key { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync();
            (await Samples.DeployScriptAsync(
                Server, "scripted", Script, "--nr", "1", "--tm", "3000", "--mr", "500")).Succeeded();
            Key = await Server.KeyAsync("scripted");
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
