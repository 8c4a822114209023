using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

/// <summary>AML_CORS_ORIGINS (§3.5, §3.9).</summary>
public sealed class CorsTests
{
    private static readonly (string, string) Entry = (ScoringHostVariables.EntryScript, "score.py");

    [Theory]
    [InlineData("*", "https://any.example", "*")]
    [InlineData("https://a.example, b.example", "https://a.example", "https://a.example")]
    [InlineData("https://a.example, b.example", "http://b.example", "http://b.example")]
    [InlineData("b.example:8080", "http://b.example:8080", "http://b.example:8080")]
    [InlineData("https://a.example", "http://a.example", null)]
    [InlineData("a.example", "https://evil.example", null)]
    [InlineData("a.example", "https://a.example.evil.example", null)]
    [InlineData("a.example", null, null)]
    [InlineData(null, "https://a.example", null)]
    public async Task Answer_NamesTheOriginThatMayReadIt(string? configured, string? origin, string? expected)
    {
        await using var host = await StartAsync(configured, "return data");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent("x") };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await host.Client.SendAsync(request);

        Assert.Equal("\"x\"", await response.Content.ReadAsStringAsync());
        Assert.Equal(expected, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(expected is null ? null : "Origin", Header(response, "Vary"));
    }

    [Fact]
    public async Task Preflight_IsAnsweredWithMethodsAndHeaders()
    {
        await using var host = await StartAsync("https://a.example", "return data");
        using var request = new HttpRequestMessage(HttpMethod.Options, "/score");
        request.Headers.Add("Origin", "https://a.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("GET, POST", Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,content-type", Header(response, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task Script_ThatSetsTheHeaderItself_IsObeyed()
    {
        await using var host = await StartAsync(
            "*", "return AMLResponse('x', 200, {'Access-Control-Allow-Origin': 'https://own.example'})",
            "from azureml.contrib.services.aml_response import AMLResponse");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/score");
        request.Headers.Add("Origin", "https://a.example");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal("https://own.example", Header(response, "Access-Control-Allow-Origin"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join('|', values)
        : response.Content.Headers.TryGetValues(name, out values) ? string.Join('|', values) : null;

    private static Task<ScoringProcess> StartAsync(string? origins, string run, string before = "") =>
        ScoringProcess.StartReadyAsync(
            new AppFolder().WithRun(run, before), [Entry, .. origins is null ? [] : new[] { ("AML_CORS_ORIGINS", origins) }]);
}
