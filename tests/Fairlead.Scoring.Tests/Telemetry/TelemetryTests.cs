using System.Text.Json.Nodes;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Telemetry;

/// <summary>What reaches Application Insights (§3.5, §3.7), by a listener of its documents.</summary>
public sealed class TelemetryTests
{
    private const string Key = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";

    [Fact]
    public async Task Request_IsARow()
    {
        using var listener = TelemetryListener.Start();
        await using var host = await StartAsync(listener);
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score?a=1") { Content = new StringContent("{\"a\": 1}") };
        message.Headers.Add("x-request-id", "the-id");
        message.Headers.Add("x-ms-client-request-id", "the-client");
        message.Headers.Add("traceparent", $"00-{Trace}-{Span}-01");
        using var response = await host.Client.SendAsync(message);

        var item = listener.Next();

        Assert.Equal(Key, (string?)item["iKey"]);
        Assert.EndsWith(".Request", (string?)item["name"], StringComparison.Ordinal);
        Assert.Equal("RequestData", (string?)item["data"]!["baseType"]);
        Assert.Equal("svc", (string?)item["tags"]!["ai.cloud.role"]);
        Assert.Equal("box-1", (string?)item["tags"]!["ai.cloud.roleInstance"]);
        Assert.Equal(Trace, (string?)item["tags"]!["ai.operation.id"]);
        Assert.Equal(Span, (string?)item["tags"]!["ai.operation.parentId"]);
        var data = item["data"]!["baseData"]!;
        Assert.Equal("200", (string?)data["responseCode"]);
        Assert.True((bool?)data["success"]);
        Assert.Equal("/score", (string?)data["name"]);
        Assert.EndsWith("/score?a=1", (string?)data["url"], StringComparison.Ordinal);
        Assert.Matches(@"^00\.00:00:\d\d\.\d{6}$", (string?)data["duration"]);
        var properties = data["properties"]!.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["Container Id"] = "box-1",
                ["Request Id"] = "the-id",
                ["Client Request Id"] = "the-client",
                ["Workspace Name"] = "space",
                ["Service Name"] = "svc",
                ["http_method"] = "POST",
                ["Response Value"] = """{"got": "{\"a\": 1}"}""",
            }, properties);
        Assert.Equal(["application/x-json-stream"], listener.ContentTypes);
    }

    [Fact]
    public async Task Probes_AreNoRows_AndOtherAnswersAre()
    {
        using var listener = TelemetryListener.Start();
        await using var host = await StartAsync(listener);

        using var health = await host.Client.GetAsync("/");
        using var missing = await host.Client.GetAsync("/nothing");

        var data = listener.Next()["data"]!["baseData"]!;
        Assert.Equal("404", (string?)data["responseCode"]);
        Assert.False((bool?)data["success"]);
    }

    [Fact]
    public async Task Exception_IsARowWithTheUsersTraceback()
    {
        using var listener = TelemetryListener.Start();
        await using var host = await StartAsync(listener);

        await host.ScoreTextAsync("raise");

        var request = listener.Next();
        Assert.Equal("500", (string?)request["data"]!["baseData"]!["responseCode"]);
        var item = listener.Next();
        Assert.Equal("ExceptionData", (string?)item["data"]!["baseType"]);
        var exception = item["data"]!["baseData"]!["exceptions"]![0]!;
        Assert.Equal("ValueError", (string?)exception["typeName"]);
        Assert.Equal("ValueError: the value is wrong", (string?)exception["message"]);
        Assert.Contains("score.py", (string?)exception["stack"], StringComparison.Ordinal);
        Assert.Equal(
            (string?)request["data"]!["baseData"]!["id"], (string?)item["tags"]!["ai.operation.parentId"]);
    }

    [Theory]
    [InlineData("AML_MODEL_DC_STORAGE_ENABLED")]
    [InlineData("AML_MDC_STORAGE_ENABLED")]
    public async Task CollectedData_IsARowOfTraces(string variable)
    {
        using var listener = TelemetryListener.Start();
        var folder = Script().WithModel("iris/3/model.bin", [1]);
        await using var host = await StartAsync(
            listener, folder, (variable, "true"), ("APP_INSIGHTS_LOG_RESPONSE_ENABLED", "false"),
            (ScoringHostVariables.ModelDirectory, Path.Combine(folder.ModelPath, "iris/3")));

        await host.ScoreTextAsync("the input");

        var request = listener.Next();
        Assert.Null(request["data"]!["baseData"]!["properties"]!["Response Value"]);
        var data = listener.Next()["data"]!;
        Assert.Equal("MessageData", (string?)data["baseType"]);
        Assert.Equal("model_data_collection", (string?)data["baseData"]!["message"]);
        var properties = data["baseData"]!["properties"]!;
        Assert.Equal("[iris:3]", (string?)properties["Models"]);
        Assert.Equal("the input", (string?)properties["Input"]);
        Assert.Equal("""{"got": "the input"}""", (string?)properties["Prediction"]);
    }

    [Fact]
    public async Task Answer_IsCutAt64KB_AndTheClientGetsAllOfIt()
    {
        using var listener = TelemetryListener.Start();
        await using var host = await StartAsync(listener);

        var answer = await host.ScoreTextAsync("large");

        Assert.Equal(3_000_002, answer.Length);
        Assert.Equal(64 * 1024, ((string?)Properties(listener.Next())["Response Value"])!.Length);
    }

    [Fact]
    public async Task Listener_ThatRefuses_IsAskedAgain()
    {
        using var listener = TelemetryListener.Start(refusals: 1);
        await using var host = await StartAsync(listener);

        await host.ScoreTextAsync("x");

        Assert.Equal("{\"got\": \"x\"}", (string?)Properties(listener.Next())["Response Value"]);
    }

    [Fact]
    public async Task LastItems_AreSentWhenTheHostEnds()
    {
        using var listener = TelemetryListener.Start();
        await using var host = await StartAsync(listener);
        await host.ScoreTextAsync("first");
        listener.Next();
        await host.ScoreTextAsync("second");
        host.Signal("TERM");

        Assert.Equal(0, await host.WaitForExitAsync());

        Assert.Equal("{\"got\": \"second\"}", (string?)Properties(listener.Next())["Response Value"]);
    }

    [Fact]
    public async Task NoListener_CostsAWarning_NotTheAnswer()
    {
        string address;
        using (var listener = TelemetryListener.Start())
        {
            address = listener.Address;
        }

        await using var host = await StartAsync(address, Script());

        Assert.Equal("{\"got\": \"x\"}", await host.ScoreTextAsync("x"));
        await host.WaitForLogAsync($"1 items of telemetry could not be sent to {address}/v2/track");
    }

    [Theory]
    [InlineData("AML_APP_INSIGHTS_KEY", "secret", "AML_APP_INSIGHTS_KEY is 'secret'; allowed is an instrumentation key, a GUID")]
    [InlineData("AML_APP_INSIGHTS_ENDPOINT", "dc", "AML_APP_INSIGHTS_ENDPOINT is 'dc'; allowed is an http or https URL.")]
    public async Task Settings_ThatAreWrong_EndTheStart(string name, string value, string log)
    {
        await using var host = ScoringProcess.Start(
            Script(), (ScoringHostVariables.EntryScript, "score.py"), ("AML_APP_INSIGHTS_ENABLED", "true"), (name, value));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enabled_WithoutAKey_IsSaid()
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            Script(), (ScoringHostVariables.EntryScript, "score.py"), ("AML_APP_INSIGHTS_ENABLED", "true"));

        await host.WaitForLogAsync("AML_APP_INSIGHTS_ENABLED is true, but AML_APP_INSIGHTS_KEY is not set: no telemetry is sent.");
    }

    [Theory]
    [InlineData("WORKER_TIMEOUT", "30", "WORKER_TIMEOUT is '30', which has no effect here")]
    [InlineData("WORKER_PRELOAD", "true", "WORKER_PRELOAD has no effect here")]
    public async Task Settings_WithoutEffect_AreSaid(string name, string value, string log)
    {
        await using var host = await ScoringProcess.StartReadyAsync(
            Script(), (ScoringHostVariables.EntryScript, "score.py"), (name, value));

        await host.WaitForLogAsync(log);
    }

    private static AppFolder Script() => new AppFolder().WithRun(
        """
        if data == "raise":
            raise ValueError("the value is wrong")
        return "x" * 3000000 if data == "large" else {"got": data}
        """);

    private static JsonNode Properties(JsonNode item) => item["data"]!["baseData"]!["properties"]!;

    private static Task<ScoringProcess> StartAsync(TelemetryListener listener) => StartAsync(listener.Address, Script());

    private static Task<ScoringProcess> StartAsync(
        TelemetryListener listener, AppFolder folder, params (string, string)[] more) => StartAsync(listener.Address, folder, more);

    private static Task<ScoringProcess> StartAsync(string address, AppFolder folder, params (string, string)[] more) =>
        ScoringProcess.StartReadyAsync(folder,
        [
            (ScoringHostVariables.EntryScript, "score.py"), (ScoringHostVariables.ServiceName, "svc"),
            ("WORKSPACE_NAME", "space"), ("HOSTNAME", "box-1"), ("AML_APP_INSIGHTS_ENABLED", "true"),
            ("AML_APP_INSIGHTS_KEY", Key), ("AML_APP_INSIGHTS_ENDPOINT", address), .. more,
        ]);
}
