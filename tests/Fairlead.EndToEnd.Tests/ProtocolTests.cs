using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>The ways of calling a service besides <c>run(data)</c>, through the gateway with its key.</summary>
public sealed class ProtocolTests
{
    [Fact]
    public async Task InferenceProtocol_OfOnnxService_AnswersAsScoreDoes()
    {
        await using var server = await Server.StartAsync();
        await Samples.DeployAsync(server, "iris-onnx", "iris");
        var key = await server.KeyAsync("iris");
        var root = server.ScoringUrl("iris")[..^"score".Length] + "v2";

        var metadata = JsonNode.Parse(await GetAsync(server, key, root + "/models/iris"))!;
        var input = metadata["inputs"]![0]!;
        var request = new JsonObject
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = (string)input["name"]!,
                ["shape"] = new JsonArray(1, 4),
                ["datatype"] = (string)input["datatype"]!,
                ["data"] = new JsonArray(5.1, 3.5, 1.4, 0.2),
            }),
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, root + "/models/iris/infer")
        {
            Content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await server.Http.SendAsync(message);

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == 200, body);
        Assert.Equal(0, (int)JsonNode.Parse(body)!["outputs"]![0]!["data"]![0]!);
    }

    [Fact]
    public async Task RawScript_Streams_ThroughTheGatewayWhileItYields()
    {
        await using var server = await Server.StartAsync();
        (await Samples.DeployScriptAsync(server, "events", """
            import os, time
            from azureml.contrib.services.aml_request import rawhttp
            from azureml.contrib.services.aml_response import AMLResponse
            def init():
                pass
            def events(path):
                yield "data: first\n\n"
                while not os.path.exists(path):
                    time.sleep(0.01)
                yield "data: second\n\n"
            @rawhttp
            def run(request):
                return AMLResponse(events(request.args["until"]), 200, {"Content-Type": "text/event-stream"})
            """)).Succeeded();
        var until = Path.Combine(server.Data, "until");
        using var message = new HttpRequestMessage(
            HttpMethod.Get, server.ScoringUrl("events") + "?until=" + Uri.EscapeDataString(until));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await server.KeyAsync("events"));

        using var answer = await server.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("data: first", await reader.ReadLineAsync());
        await File.WriteAllTextAsync(until, "");
        Assert.Equal("\ndata: second\n\n", (await reader.ReadToEndAsync()).ReplaceLineEndings("\n"));
    }

    private static async Task<string> GetAsync(Server server, string key, string url)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await server.Http.SendAsync(message);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return body;
    }
}
