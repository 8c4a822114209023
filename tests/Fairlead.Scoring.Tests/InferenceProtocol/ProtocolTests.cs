using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Scoring.Tests.Onnx;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.InferenceProtocol;

/// <summary>Health, metadata and JSON inference of the Open Inference Protocol.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class ProtocolTests(OnnxModels models)
{
    private const string A = """{"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [1, 2.5]}""";
    private const string S = """{"name": "s", "shape": [2], "datatype": "BYTES", "data": ["x", "grün"]}""";

    [Fact]
    public async Task Server_SaysWhatItIs()
    {
        await using var host = await models.StartAsync("several");

        Assert.Equal("""{"live":true}""", await host.Client.GetStringAsync("/v2/health/live"));
        Assert.Equal("""{"live":true,"ready":true}""", await host.Client.GetStringAsync("/v2/health/ready"));
        var server = JsonNode.Parse(await host.Client.GetStringAsync("/v2"))!;
        Assert.Equal("fairlead-scoring", (string?)server["name"]);
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)server["version"]);
        Assert.Equal("""["binary_tensor_data"]""", server["extensions"]!.ToJsonString());
    }

    [Fact]
    public async Task Model_SaysWhatItTakes()
    {
        await using var host = await models.StartAsync("several");

        Assert.Equal(
            """{"name":"scaler","versions":["10","9"],"platform":"onnxruntime_onnx","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}""",
            await host.Client.GetStringAsync("/v2/models/scaler"));
        Assert.Equal(
            await host.Client.GetStringAsync("/v2/models/scaler"), await host.Client.GetStringAsync("/v2/models/scaler/versions/9"));
        Assert.Equal("""{"name":"scaler","ready":true}""", await host.Client.GetStringAsync("/v2/models/scaler/ready"));
        Assert.Equal("""{"name":"scaler","ready":true}""", await host.Client.GetStringAsync("/v2/models/scaler/versions/9/ready"));
    }

    [Theory]
    [InlineData("doubler", "1", 2)]
    [InlineData("scaler", "10", 10)]
    [InlineData("scaler/versions/9", "9", 9)]
    public async Task Infer_RunsTheModelOfTheNameAndVersion(string path, string version, int factor)
    {
        await using var host = await models.StartAsync("several");

        var answer = await InferAsync(
            host, path, """{"id": "42", "inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [[1, 2]]}]}""");

        Assert.Equal(
            $$$"""200 {"model_name":"{{{path.Split('/')[0]}}}","model_version":"{{{version}}}","id":"42","outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[{{{factor}}},{{{2 * factor}}}]}]}""",
            answer);
    }

    [Fact]
    public async Task Infer_GivesTheOutputsAskedFor()
    {
        await using var host = await models.StartAsync("pair");
        const string Twice = """{"name":"twice","datatype":"FP32","shape":[1,2],"data":[2,5]}""";
        const string Same = """{"name":"same","datatype":"BYTES","shape":[2],"data":["x","grün"]}""";

        Assert.Equal(
            $$"""200 {"model_name":"model","outputs":[{{Twice}},{{Same}}]}""",
            await InferAsync(host, "model", $$"""{"inputs": [{{S}}, {{A}}]}"""));
        Assert.Equal(
            $$"""200 {"model_name":"model","outputs":[{{Same}}]}""",
            await InferAsync(host, "model", $$"""{"inputs": [{{A}}, {{S}}], "outputs": [{"name": "same"}], "unknown": [1]}"""));
        Assert.Equal(
            $$"""200 {"model_name":"model","outputs":[{{Same}},{{Twice}}]}""",
            await InferAsync(
                host, "model", $$"""{"outputs": [{"name": "same"}, {"name": "twice", "parameters": {} }], "inputs": [{{A}}, {{S}}]}"""));
    }

    [Fact]
    public async Task Output_ThatIsNoTensor_IsLeftOut_AndRefusedWhenAskedFor()
    {
        await using var host = await models.StartAsync("maps");
        const string X = """{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [0.25, 0.75]}""";

        Assert.Equal(
            """{"name":"model","platform":"onnxruntime_onnx","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"same","datatype":"FP32","shape":[-1,2]}]}""",
            await host.Client.GetStringAsync("/v2/models/model"));
        Assert.Equal(
            """200 {"model_name":"model","outputs":[{"name":"same","datatype":"FP32","shape":[1,2],"data":[0.25,0.75]}]}""",
            await InferAsync(host, "model", $$"""{"inputs": [{{X}}]}"""));
        Assert.Equal(
            """400 {"error":"Output 'maps' is a sequence or map, which the protocol has no datatype for; use /score."}""",
            await InferAsync(host, "model", $$"""{"inputs": [{{X}}], "outputs": [{"name": "maps"}]}"""));
        Assert.Equal(
            """{"result":[{"no":0.25,"yes":0.75}],"outputs":{"maps":[{"no":0.25,"yes":0.75}],"same":[[0.25,0.75]]}}""",
            await host.ScoreTextAsync("""{"data": [[0.25, 0.75]]}"""));
    }

    [Theory]
    [InlineData("FLOAT", "FP32", "1.5")]
    [InlineData("DOUBLE", "FP64", "1E-300")]
    [InlineData("FLOAT16", "FP16", "0.5")]
    [InlineData("BFLOAT16", "BF16", "0.5")]
    [InlineData("INT8", "INT8", "-128")]
    [InlineData("INT16", "INT16", "-32768")]
    [InlineData("INT32", "INT32", "-2147483648")]
    [InlineData("INT64", "INT64", "-9223372036854775808")]
    [InlineData("UINT8", "UINT8", "255")]
    [InlineData("UINT16", "UINT16", "65535")]
    [InlineData("UINT32", "UINT32", "4294967295")]
    [InlineData("UINT64", "UINT64", "18446744073709551615")]
    [InlineData("BOOL", "BOOL", "true")]
    [InlineData("STRING", "BYTES", "\"abc\"")]
    public async Task Infer_TakesEveryDatatype(string type, string datatype, string value)
    {
        await using var host = await models.StartAsync("type_" + type.ToLowerInvariant());

        var answer = await InferAsync(
            host, "model",
            $$"""{"inputs": [{"data": [{{value}}, {{value}}, {{value}}], "datatype": "{{datatype}}", "shape": [1, 3], "name": "x"}], "outputs": [{"name": "y"}]}""");

        Assert.Equal(
            $$"""200 {"model_name":"model","outputs":[{"name":"y","datatype":"{{datatype}}","shape":[1,3],"data":[{{value}},{{value}},{{value}}]}]}""",
            answer);
    }

    [Theory]
    [InlineData("", "The body is empty")]
    [InlineData("{", "The body could not be decoded as JSON")]
    [InlineData("[]", "The body should be a JSON object")]
    [InlineData("{}", "'inputs' is missing")]
    [InlineData("{\"inputs\": {}}", "'inputs' has an object; allowed is a list of objects")]
    [InlineData("{\"inputs\": [1]}", "'inputs' has 1; allowed is a list of objects")]
    [InlineData("{\"inputs\": []}", "A value is not provided for the 'a' parameter")]
    [InlineData("{\"id\": 1, \"inputs\": []}", "'id' has 1; allowed is a string")]
    [InlineData("{\"inputs\": [{\"shape\": [1]}]}", "An input has no 'name'")]
    [InlineData("{\"inputs\": [{\"name\": \"b\"}]}", "'b' is not an input of the model; its inputs are 'a' ([n, 2] of float)")]
    [InlineData("{\"inputs\": [{\"name\": \"a\"}]}", "Input 'a' has no 'datatype'; the model expects FP32")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\"}]}", "Input 'a' has datatype 'FP64'; the model expects FP32")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\"}]}", "Input 'a' has no 'shape'; the model expects [n, 2]")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1, -2]}]}", "'shape' has -2; allowed is a list of at most 16 whole")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1, 2]}]}", "Input 'a' has no 'data', nor a 'binary_data_size'")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1,2,3]}]}", "Input 'a' has shape [1, 3]; the model expects [n, 2]")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [2, 2], \"data\": [1,2,3]}]}", "Input 'a' has data of shape [3]; its 'shape' [2, 2] needs 4 elements")]
    [InlineData("{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP32\", \"shape\": [1, 2], \"data\": [1,\"x\"]}]}", "Input 'a' has \"x\" at position 1")]
    [InlineData("{\"inputs\": [" + A + ", " + A + "]}", "Input 'a' is given twice")]
    [InlineData("{\"inputs\": [" + A + ", " + S + "], \"outputs\": [{}]}", "An output has no 'name'")]
    [InlineData("{\"inputs\": [" + A + ", " + S + "], \"outputs\": [{\"name\": \"z\"}]}", "'z' is not an output of the model; its outputs are 'twice', 'same'")]
    [InlineData("{\"inputs\": [" + A + ", " + S + "], \"outputs\": [{\"name\": \"same\"}, {\"name\": \"same\"}]}", "Output 'same' is asked for twice")]
    [InlineData("{\"inputs\": [" + A + "], \"parameters\": {\"binary_data_output\": 1}}", "'binary_data_output' has 1; allowed is true or false")]
    public async Task Infer_OfWhatBreaksARule_Is400AndSaysWhich(string body, string error)
    {
        await using var host = await models.StartAsync("pair");

        var answer = await InferAsync(host, "model", body);

        Assert.StartsWith("400 ", answer, StringComparison.Ordinal);
        Assert.StartsWith(error, (string?)JsonNode.Parse(answer[4..])!["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v2/models/nobody", 404, "Model 'nobody' is not in this service; it has: doubler, scaler.")]
    [InlineData("POST", "/v2/models/nobody/infer", 404, "Model 'nobody' is not in this service; it has: doubler, scaler.")]
    [InlineData("GET", "/v2/models/scaler/versions/3", 404, "Model 'scaler' has no version '3' in this service; it has: 10, 9.")]
    [InlineData("GET", "/v2/models/scaler/versions/3/ready", 404, "Model 'scaler' has no version '3' in this service; it has: 10, 9.")]
    [InlineData("GET", "/v2/models", 404, "The requested URL was not found")]
    [InlineData("GET", "/v2/health/other", 404, "The requested URL was not found")]
    [InlineData("GET", "/v2/models/scaler/infer", 405, "Method GET is not allowed here; allowed: POST.")]
    [InlineData("POST", "/v2/models/scaler", 405, "Method POST is not allowed here; allowed: GET, HEAD.")]
    [InlineData("DELETE", "/v2", 405, "Method DELETE is not allowed here; allowed: GET, HEAD.")]
    public async Task Request_ThatNothingAnswers_IsAnErrorObject(string method, string path, int status, string error)
    {
        await using var host = await models.StartAsync("several");
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new StringContent("{}");
        }

        using var response = await host.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        Assert.Equal("error", Assert.Single(answer).Key);
        Assert.StartsWith(error, (string?)answer["error"], StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("x-request-id"));
        await host.WaitForLogAsync($"azmlinfsrv - {method} {path} {status}");
    }

    private static async Task<string> InferAsync(ScoringProcess host, string path, string body)
    {
        using var response = await host.Client.PostAsync(
            $"/v2/models/{path}/infer", new StringContent(body, Encoding.UTF8, "application/json"));
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }
}
