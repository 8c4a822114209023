using System.Net.Http.Headers;
using System.Text;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Schema;

/// <summary>Object mode: arguments by name, and the answers of §3.3 when they do not come.</summary>
public sealed class ObjectModeTests
{
    private const string Script = """
        @input_schema("count", StandardPythonParameterType(1))
        @input_schema("words", StandardPythonParameterType(["a"]))
        @output_schema(StandardPythonParameterType({"x": 1}))
        def run(words, count=2, request_headers=None):
            return {"words": words, "count": count, "agent": request_headers["X-Agent"]}
        """;

    [Theory]
    [InlineData("""{"words": ["x", "y"], "count": 5}""", """{"words": ["x", "y"], "count": 5, "agent": "me"}""")]
    [InlineData("""{"words": []}""", """{"words": [], "count": 2, "agent": "me"}""")]
    [InlineData("""{"words": ["ü"], "unknown": 1}""", """{"words": ["\u00fc"], "count": 2, "agent": "me"}""")]
    public async Task Arguments_ComeByNameWithDefaults(string body, string expected)
    {
        await using var host = await SchemaScript.StartAsync(Script);

        Assert.Equal((200, expected), await PostAsync(host, body));
    }

    [Theory]
    [InlineData("", 400, "POST body is empty. Expecting a JSON dictionary.")]
    [InlineData("{", 400, "POST body could not be decoded as JSON: ")]
    [InlineData("[1]", 400, "POST body should be a JSON dictionary.")]
    [InlineData("\"x\"", 400, "POST body should be a JSON dictionary.")]
    [InlineData("{\"count\": 1}", 400, "A value is not provided for the 'words' parameter.")]
    [InlineData("{\"words\": 1}", 500, "An unexpected error occurred in scoring script.")]
    [InlineData("{\"words\": [], \"count\": \"many\"}", 500, "An unexpected error occurred in scoring script.")]
    public async Task Body_ThatDoesNotFit_IsRefused(string body, int status, string message)
    {
        await using var host = await SchemaScript.StartAsync(Script);

        var (code, answer) = await PostAsync(host, body);

        Assert.Equal(status, code);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/xml", 415)]
    [InlineData(null, 415)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/problem+json", 200)]
    public async Task ContentType_MustBeJson(string? type, int status)
    {
        await using var host = await SchemaScript.StartAsync(Script);

        var (code, answer) = await PostAsync(host, """{"words": []}""", type);

        Assert.Equal(status, code);
        Assert.True(status == 200 || answer.Contains("Expects Content-Type to be application/json", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Body_ThatIsNoUtf8_Is400()
    {
        await using var host = await SchemaScript.StartAsync(Script);
        using var content = new ByteArrayContent([(byte)'{', 0xff, 0xfe, (byte)'}']);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await host.Client.PostAsync("/score", content);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Query_GivesTheArgumentsOfGet()
    {
        await using var host = await SchemaScript.StartAsync(Script);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/score?words=a&words=b&count=7");
        request.Headers.Add("X-Agent", "me");

        using var response = await host.Client.SendAsync(request);

        Assert.Equal("""{"words": ["a", "b"], "count": 7, "agent": "me"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Coroutine_MayBeDecorated()
    {
        await using var host = await SchemaScript.StartAsync(
            "@input_schema('n', StandardPythonParameterType(1))\nasync def run(n):\n    return n + 1\n");

        Assert.Equal((200, "3"), await PostAsync(host, """{"n": 2}"""));
    }

    [Fact]
    public async Task Module_OfTheEnvironment_IsHonoured()
    {
        // The documented attributes of the public package, in a module of the user's own.
        await using var host = await ScoringProcess.StartReadyAsync(new AppFolder()
            .With("inference_schema/__init__.py", "")
            .With("inference_schema/schema_decorators.py", """
                import functools
                from .schema_util import marked
                def input_schema(name, kind):
                    def decorate(function):
                        @functools.wraps(function)
                        def wrapper(*args, **kwargs):
                            kwargs[name] = kind(kwargs[name])
                            return function(*args, **kwargs)
                        marked.append(wrapper)
                        return wrapper
                    return decorate
                """)
            .With("inference_schema/schema_util.py", """
                marked = []
                def is_schema_decorated(function):
                    return function in marked
                def get_input_schema(function):
                    return {"type": "object", "properties": {"n": {"type": "integer"}}, "example": {"n": 41}}
                def get_output_schema(function):
                    return {"type": "integer"}
                def get_supported_versions(function):
                    return ["3.0"]
                """)
            .With("score.py", """
                from inference_schema.schema_decorators import input_schema
                def init():
                    pass
                @input_schema("n", lambda value: value * 10)
                def run(n):
                    return n
                """), (Contracts.ScoringHostVariables.EntryScript, "score.py"));

        Assert.Equal((200, "20"), await PostAsync(host, """{"n": 2}"""));
        Assert.Contains("41", await host.Client.GetStringAsync("/swagger.json?version=3"), StringComparison.Ordinal);
        Assert.Equal(404, (int)(await host.Client.GetAsync("/swagger.json?version=2")).StatusCode);
    }

    private static async Task<(int, string)> PostAsync(ScoringProcess host, string body, string? type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/score")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("X-Agent", "me");
        using var response = await host.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
