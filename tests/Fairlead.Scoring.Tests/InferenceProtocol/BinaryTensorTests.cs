using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Scoring.Tests.Onnx;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.InferenceProtocol;

/// <summary>The binary tensor data extension of the Open Inference Protocol.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class BinaryTensorTests(OnnxModels models)
{
    private static readonly byte[] A = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.NaN)];
    private static readonly byte[] Twice = [.. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(float.NaN)];
    private static readonly byte[] S = [.. Element("grün"u8), .. Element([0xff, 0x00])];

    private const string InputA = """{"name": "a", "shape": [1, 2], "datatype": "FP32", "parameters": {"binary_data_size": 8}}""";
    private const string InputS = """{"name": "s", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 15}}""";

    [Fact]
    public async Task Tensors_GoInAndOutAsBytesInTheOrderOfTheJson()
    {
        await using var host = await models.StartAsync("pair");
        const string Json = $$"""{"inputs": [{{InputS}}, {{InputA}}], "parameters": {"binary_data_output": true} }""";

        var (status, json, binary) = await InferAsync(host, Json, [.. S, .. A]);

        Assert.Equal(200, status);
        Assert.Equal(
            """{"model_name":"model","outputs":[{"name":"twice","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},{"name":"same","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":15}}]}""",
            json);
        Assert.Equal([.. Twice, .. S], binary);
    }

    [Fact]
    public async Task Output_ThatAsksForItAlone_IsBinary()
    {
        await using var host = await models.StartAsync("pair");

        var (_, json, binary) = await InferAsync(
            host, $$"""{"inputs": [{{InputA}}, {"name": "s", "shape": [1], "datatype": "BYTES", "data": ["x"]}], "outputs": [{"name": "same"}, {"name": "twice", "parameters": {"binary_data": true} }]}""", A);
        Assert.Equal(
            """{"model_name":"model","outputs":[{"name":"same","datatype":"BYTES","shape":[1],"data":["x"]},{"name":"twice","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}""",
            json);
        Assert.Equal(Twice, binary);

        // An output's own wish wins over the request's.
        (_, json, binary) = await InferAsync(
            host, $$"""{"inputs": [{{InputS}}, {{InputA}}], "parameters": {"binary_data_output": true}, "outputs": [{"name": "twice", "parameters": {"binary_data": false} }, {"name": "same"}]}""", [.. S, .. A]);
        Assert.Contains("""{"name":"twice","datatype":"FP32","shape":[1,2],"data":[2,"NaN"]}""", json, StringComparison.Ordinal);
        Assert.Equal(S, binary);
    }

    [Theory]
    [InlineData("type_float16", "FP16", "00380038003C")]
    [InlineData("type_bfloat16", "BF16", "003F003F803F")]
    [InlineData("type_bool", "BOOL", "010001")]
    [InlineData("type_uint64", "UINT64", "FFFFFFFFFFFFFFFF0000000000000000FFFFFFFFFFFFFFFF")]
    public async Task Tensor_OfTheTypeAsBytes_IsTheRuntimes(string model, string datatype, string hex)
    {
        await using var host = await models.StartAsync(model);
        var bytes = Convert.FromHexString(hex);
        var order = model == "type_bfloat16" ? bytes : [.. bytes.Chunk(bytes.Length / 3).Reverse().SelectMany(item => item)];

        var (status, json, binary) = await InferAsync(
            host,
            $$$"""{"inputs": [{"name": "x", "shape": [1, 3], "datatype": "{{{datatype}}}", "parameters": {"binary_data_size": {{{bytes.Length}}}}}], "outputs": [{"name": "y", "parameters": {"binary_data": true}}]}""",
            bytes);

        Assert.True(status == 200, json);
        Assert.Equal(order, binary);
    }

    [Theory]
    [InlineData(InputA, 4, null, "Input 'a' has binary_data_size 8; 4 bytes are left of the body.")]
    [InlineData(InputA, 9, null, "1 bytes are left after the binary tensors")]
    [InlineData("""{"name": "a", "shape": [2, 2], "datatype": "FP32", "parameters": {"binary_data_size": 8}}""", 8, null, "Input 'a' has binary data that does not fit its shape: it has 8 bytes; 4 elements of FP32 are 16.")]
    [InlineData("""{"name": "s", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 4}}""", 4, null, "Input 's' has binary data that does not fit its shape: it has 1 elements of BYTES; its shape has 2.")]
    [InlineData("""{"name": "s", "shape": [1], "datatype": "BYTES", "parameters": {"binary_data_size": 3}}""", 3, null, "Input 's' has binary data that does not fit its shape: element 0 is cut")]
    [InlineData("""{"name": "a", "shape": [1, 2], "datatype": "FP32", "data": [1, 2], "parameters": {"binary_data_size": 8}}""", 8, null, "Input 'a' has both 'data' and 'binary_data_size'")]
    [InlineData("""{"name": "a", "shape": [1, 2], "datatype": "FP32", "parameters": {"binary_data_size": -8}}""", 8, null, "'binary_data_size' has -8; allowed is a whole number")]
    [InlineData("""{"name": "a", "shape": [2305843009213693952, 2], "datatype": "FP32", "parameters": {"binary_data_size": 0}}""", 0, null, "Input 'a' has binary data that does not fit its shape: it has 0 bytes;")]
    [InlineData("""{"name": "a", "shape": [9223372036854775807, 2], "datatype": "FP32", "data": []}""", 0, null, "Input 'a' has shape [9223372036854775807, 2]; the model expects")]
    [InlineData(InputA, 8, "100000", "Inference-Header-Content-Length is '100000'; allowed is a whole number up to")]
    [InlineData(InputA, 8, "x", "Inference-Header-Content-Length is 'x'; allowed is a whole number up to")]
    public async Task Bytes_ThatDoNotFit_Are400(string input, int length, string? header, string error)
    {
        await using var host = await models.StartAsync("pair");

        var (status, json, _) = await InferAsync(host, $$"""{"inputs": [{{input}}]}""", new byte[length], header);

        Assert.Equal(400, status);
        Assert.StartsWith(error, (string?)JsonNode.Parse(json)!["error"], StringComparison.Ordinal);
    }

    private static byte[] Element(ReadOnlySpan<byte> bytes)
    {
        var element = new byte[sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(element, bytes.Length);
        bytes.CopyTo(element.AsSpan(sizeof(int)));
        return element;
    }

    private static async Task<(int Status, string Json, byte[] Binary)> InferAsync(
        ScoringProcess host, string json, byte[] binary, string? header = null)
    {
        var head = Encoding.UTF8.GetBytes(json);
        using var content = new ByteArrayContent([.. head, .. binary]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add("Inference-Header-Content-Length", header ?? $"{head.Length}");
        using var response = await host.Client.PostAsync("/v2/models/model/infer", content);
        var body = await response.Content.ReadAsByteArrayAsync();
        var length = response.Headers.TryGetValues("Inference-Header-Content-Length", out var values)
            ? int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture) : body.Length;
        return ((int)response.StatusCode, Encoding.UTF8.GetString(body, 0, length), body[length..]);
    }
}
