using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

public sealed class RouteTests(EchoHost echo) : IClassFixture<EchoHost>
{
    [Fact]
    public async Task Root_WhenReady_IsHealthyText()
    {
        using var response = await echo.Process.Client.GetAsync("/");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("Healthy", await response.Content.ReadAsStringAsync());
        Assert.StartsWith("text/", response.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "The requested URL was not found on the server.")]
    [InlineData("POST", "/", 405, "The method is not allowed for the requested URL.")]
    [InlineData("PUT", "/score", 405, "The method is not allowed for the requested URL.")]
    [InlineData("DELETE", "/swagger.json", 405, "The method is not allowed for the requested URL.")]
    public async Task Request_OfUnknownPathOrMethod_GetsJsonError(string method, string path, int status, string text)
    {
        using var response = await echo.Process.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)response.StatusCode);
        var message = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("message");
        Assert.StartsWith(text, message.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_OnUndecoratedScript_IsEmpty200()
    {
        using var response = await echo.Process.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/score"));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", "swagger", "2.0")]
    [InlineData("?version=2", "swagger", "2.0")]
    [InlineData("?version=2.0", "swagger", "2.0")]
    [InlineData("?version=3", "openapi", "3.0.3")]
    [InlineData("?version=3.0", "openapi", "3.0.3")]
    [InlineData("?version=3.1", "openapi", "3.1.0")]
    public async Task Swagger_OfEveryVersion_IsGenerated(string query, string key, string version)
    {
        var text = await echo.Process.Client.GetStringAsync("/swagger.json" + query);

        var document = JsonDocument.Parse(text).RootElement;
        Assert.Equal(version, document.GetProperty(key).GetString());
        Assert.Equal("ML service", document.GetProperty("info").GetProperty("title").GetString());
        var score = document.GetProperty("paths").GetProperty("/score").GetProperty("post");
        Assert.Equal("RunMLService", score.GetProperty("operationId").GetString());
    }

    [Fact]
    public async Task Swagger_OfUnknownVersion_Is404()
    {
        using var response = await echo.Process.Client.GetAsync("/swagger.json?version=4");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal(
            """{"message": "Swagger version [4] is not valid. Supported versions: [2, 3, 3.1]."}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Swagger_OfTheUser_WinsForItsVersion()
    {
        var folder = new AppFolder().WithRun("return 1").With("swagger.json", "{\"mine\":2}").With("swagger3.json", "{\"mine\":3}");
        await using var host = await ScoringProcess.StartReadyAsync(
            folder, (ScoringHostVariables.EntryScript, "score.py"), (ScoringHostVariables.ServicePathPrefix, "/api/v1/service/s"));

        Assert.Equal("{\"mine\":2}", await host.Client.GetStringAsync("/swagger.json"));
        Assert.Equal("{\"mine\":3}", await host.Client.GetStringAsync("/swagger.json?version=3"));
        Assert.Contains("\"/api/v1/service/s/score\"", await host.Client.GetStringAsync("/swagger.json?version=3.1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerVersion_IsShownUnlessSwitchedOff()
    {
        using var shown = await echo.Process.Client.GetAsync("/");
        await using var host = await ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun("return 1"), (ScoringHostVariables.EntryScript, "score.py"),
            ("SERVER_VERSION_LOG_RESPONSE_ENABLED", "false"));
        using var hidden = await host.Client.GetAsync("/");

        Assert.StartsWith("fairlead/", shown.Headers.GetValues("x-ms-server-version").Single(), StringComparison.Ordinal);
        Assert.False(hidden.Headers.Contains("x-ms-server-version"));
    }
}
