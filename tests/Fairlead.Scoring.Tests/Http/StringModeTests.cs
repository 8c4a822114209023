using System.Text.Json;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Http;

public sealed class StringModeTests(EchoHost echo) : IClassFixture<EchoHost>
{
    [Theory]
    [InlineData("text", "\"text\"")]
    [InlineData("", "{\"got\": \"\"}")]
    [InlineData("grün", "{\"got\": \"gr\\u00fcn\"}")]
    [InlineData("inits", "1")]
    public async Task Post_Body_ReachesRunAsStringAndResultIsJson(string body, string expected)
    {
        using var response = await echo.Process.ScoreAsync(body);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
        Assert.Equal("False", response.Headers.GetValues("x-ms-run-function-failed").Single());
        Assert.Matches(@"^\d+\.\d{3}$", response.Headers.GetValues("x-ms-run-fn-exec-ms").Single());
    }

    [Theory]
    [InlineData("?a=1&b=[1,2]&c=a&d=null", """{"a": 1, "b": [1, 2], "c": "a", "d": null}""")]
    [InlineData("?foo=bar1&foo=2&x=y", """{"foo": ["bar1", 2], "x": "y"}""")]
    [InlineData("?e=&s=a%20b", """{"e": "", "s": "a b"}""")]
    [InlineData("", "{}")]
    public async Task Get_Query_ReachesRunAsJson(string query, string expected)
    {
        var text = await echo.Process.Client.GetStringAsync("/score" + query);

        Assert.Equal(expected, JsonDocument.Parse(text).RootElement.GetProperty("got").GetString());
    }

    [Fact]
    public async Task Post_OfBadUtf8_Is400()
    {
        using var response = await echo.Process.Client.PostAsync("/score", new ByteArrayContent([0x61, 0xff]));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.StartsWith(
            "{\"message\": \"Input cannot be decoded as UTF-8: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("x-ms-run-fn-exec-ms"));
    }

    [Theory]
    [InlineData("raise", "An unexpected error occurred in scoring script. Check the logs for more info.", "True", "ValueError: the value is wrong")]
    [InlineData("exit", "An unexpected error occurred in scoring script. Check the logs for more info.", "True", "SystemExit: 4")]
    [InlineData("set", "An unexpected internal error occurred. Check the logs for more info.", "False", "set is not JSON serializable")]
    public async Task Run_ThatFails_Is500AndSaysWhyInTheLogAlone(string body, string message, string failed, string log)
    {
        using var response = await echo.Process.ScoreAsync(body);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal($$"""{"message": "{{message}}"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(failed, response.Headers.GetValues("x-ms-run-function-failed").Single());
        await echo.Process.WaitForLogAsync(log);
    }

    [Fact]
    public async Task RequestHeaders_ReachRun()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent("headers") };
        message.Headers.Add("x-my-header", "mine");

        using var response = await echo.Process.Client.SendAsync(message);

        var headers = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("mine", headers.GetProperty("X-My-Header").GetString());
    }

    [Theory]
    [InlineData(262_133)]
    [InlineData(262_134)]
    [InlineData(524_300)]
    public async Task Body_AroundAFramesSize_ComesBackWhole(int length)
    {
        var body = new string('b', length);

        Assert.Equal($$"""{"got": "{{body}}"}""", await echo.Process.ScoreTextAsync(body));
    }

    [Fact]
    public async Task Body_OfManyMegabytes_GoesThroughBothWays()
    {
        var body = new string('b', 20_000_000);

        var echoed = await echo.Process.ScoreTextAsync(body);
        var large = await echo.Process.ScoreTextAsync("large");

        Assert.Equal(body.Length + "{\"got\": \"\"}".Length, echoed.Length);
        Assert.Equal(3_000_002, large.Length);
    }

    [Fact]
    public async Task Body_InChunks_IsJoined()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score") { Content = new StringContent("chunked") };
        message.Headers.TransferEncodingChunked = true;

        using var response = await echo.Process.Client.SendAsync(message);

        Assert.Equal("{\"got\": \"chunked\"}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_Over100Megabytes_Is413AndTheWorkerServesOn(bool chunked)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/score")
        {
            Content = new ByteArrayContent(new byte[(100 * 1024 * 1024) + 1]),
        };
        message.Headers.TransferEncodingChunked = chunked;
        message.Headers.ExpectContinue = !chunked;

        try
        {
            using var response = await echo.Process.Client.SendAsync(message);
            Assert.Equal(413, (int)response.StatusCode);
            Assert.Contains("100 MB", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        catch (HttpRequestException) when (chunked)
        {
            // The server answered and closed while the client still sent.
        }

        Assert.Equal("\"text\"", await echo.Process.ScoreTextAsync("text"));
        Assert.Equal("1", await echo.Process.ScoreTextAsync("inits"));
    }

    [Theory]
    [InlineData("""{"message": "hi", "status_code": 418}""", 418, "hi", "False")]
    [InlineData("""{"message": {"a": 1}, "status_code": 201, "json_str": true}""", 201, "{\"a\": 1}", "False")]
    [InlineData("""{"message": null, "status_code": 200}""", 200, "{}", "False")]
    [InlineData("""{"message": "m", "status_code": 200, "run_function_failed": true}""", 200, "m", "True")]
    [InlineData("""{"message": "m", "status_code": 503}""", 503, "m", "True")]
    [InlineData("""{"message": "", "status_code": 204}""", 204, "", "False")]
    public async Task AmlResponse_IsPassedOn(string arguments, int status, string body, string failed)
    {
        using var response = await echo.Process.ScoreAsync("response " + arguments);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(failed, response.Headers.GetValues("x-ms-run-function-failed").Single());
        Assert.True(response.Headers.Contains("x-ms-run-fn-exec-ms"));
    }

    [Fact]
    public async Task AmlResponse_Headers_AreSplitOnCommas()
    {
        using var response = await echo.Process.ScoreAsync(
            """response {"message": "<p>", "status_code": 200, "response_headers": {"X-Many": "1, 2", "Content-Type": "text/x-mine"}}""");

        Assert.Equal(["1", "2"], response.Headers.GetValues("X-Many"));
        Assert.Equal("text/x-mine", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task AmlResponse_WithForbiddenHeader_Is500()
    {
        using var response = await echo.Process.ScoreAsync(
            """response {"message": "m", "status_code": 200, "response_headers": {"X-Bad": "a\r\nX-Injected: 1"}}""");

        Assert.Equal(500, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("azmlinfsrv - Initializing logger")]
    [InlineData("azmlinfsrv.user_script - Found user script at ")]
    [InlineData("run() is not decorated. Server will invoke it with the input in JSON string.")]
    [InlineData("Invoking user's init function")]
    [InlineData("azmlinfsrv.print - printed in init")]
    [InlineData("azmlinfsrv.print - complained in init")]
    [InlineData("Users's init has completed successfully")]
    [InlineData("Swaggers are prepared for the following versions: [2, 3, 3.1].")]
    [InlineData("Scoring timeout is set to 3600000")]
    [InlineData("ready for serving traffic")]
    public Task Log_HasTheLinesPeopleLookFor(string text) => echo.Process.WaitForLogAsync(text);

    [Fact]
    public async Task Log_HasAnAccessLineInTheDocumentedFormat()
    {
        await echo.Process.Client.GetStringAsync("/score?line=1");

        await echo.Process.WaitForLogAsync("azmlinfsrv - GET /score?line=1 200 ");
        Assert.Contains(
            echo.Process.Log.Split('\n'),
            line => System.Text.RegularExpressions.Regex.IsMatch(
                line, @"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} I \[\d+\] azmlinfsrv - GET /score\?line=1 200 \d+\.\d{3}ms 24$"));
    }
}
