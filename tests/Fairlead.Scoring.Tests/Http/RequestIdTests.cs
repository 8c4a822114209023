using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

public sealed class RequestIdTests(EchoHost echo) : IClassFixture<EchoHost>
{
    private const string Any = "(new)";

    [Theory]
    [InlineData(null, null, null, Any, Any, null)]
    [InlineData("A", null, null, "A", "A", null)]
    [InlineData(null, "B", null, Any, "B", "B")]
    [InlineData(null, null, "C", Any, "C", "C")]
    [InlineData("A", "B", null, "A", "B", "B")]
    [InlineData(null, "B", "C", Any, "B", "C")]
    [InlineData("A", null, "C", "A", "C", "C")]
    [InlineData("A", "B", "C", "A", "B", "C")]
    public async Task Ids_OfEveryCombination_AreFilledInAsDocumented(
        string? request, string? legacy, string? client, string wantRequest, string wantLegacy, string? wantClient)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent("x") };
        Add(message, "x-request-id", request);
        Add(message, "x-ms-request-id", legacy);
        Add(message, "x-ms-client-request-id", client);

        using var response = await echo.Process.Client.SendAsync(message);

        var id = Get(response, "x-request-id");
        Assert.NotNull(id);
        if (wantRequest == Any)
        {
            Assert.True(Guid.TryParseExact(id, "D", out _), id);
        }

        Assert.Equal(wantRequest == Any ? id : wantRequest, id);
        Assert.Equal(wantLegacy == Any ? id : wantLegacy, Get(response, "x-ms-request-id"));
        Assert.Equal(wantClient, Get(response, "x-ms-client-request-id"));
    }

    [Theory]
    [InlineData("x-request-id", "x-request-id must not exceed 100 characters")]
    [InlineData("x-ms-request-id", "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters")]
    [InlineData("x-ms-client-request-id", "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters")]
    public async Task Id_LongerThan100_Is431(string header, string expected)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/score?a=1");
        Add(message, header, new string('i', 101));

        using var response = await echo.Process.Client.SendAsync(message);

        Assert.Equal(431, (int)response.StatusCode);
        Assert.Equal($$"""{"message": "{{expected}}"}""", await response.Content.ReadAsStringAsync());
        Assert.Null(Get(response, "x-ms-client-request-id"));
    }

    [Fact]
    public async Task Id_Of100_IsTaken()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/score?a=1");
        Add(message, "x-request-id", new string('i', 100));

        using var response = await echo.Process.Client.SendAsync(message);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task TraceId_IsEchoed()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/");
        Add(message, "TraceId", "trace-1");

        using var response = await echo.Process.Client.SendAsync(message);

        Assert.Equal("trace-1", Get(response, "TraceId"));
    }

    [Fact]
    public async Task Script_CannotOverwriteIds()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score")
        {
            Content = new StringContent(
                """response {"message": "m", "status_code": 200, "response_headers": {"x-request-id": "theirs"}}"""),
        };
        Add(message, "x-request-id", "A");

        using var response = await echo.Process.Client.SendAsync(message);

        Assert.Equal("A", Get(response, "x-request-id"));
    }

    private static void Add(HttpRequestMessage message, string name, string? value)
    {
        if (value is not null)
        {
            message.Headers.Add(name, value);
        }
    }

    private static string? Get(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
