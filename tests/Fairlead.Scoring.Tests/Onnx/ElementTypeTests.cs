using System.Text.Json.Nodes;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Onnx;

/// <summary>Answers are those that numpy has for the same model.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class ElementTypeTests(OnnxModels models)
{
    [Theory]
    [InlineData("type_float")]
    [InlineData("type_double")]
    [InlineData("type_float16")]
    [InlineData("type_bfloat16")]
    [InlineData("type_int8")]
    [InlineData("type_int16")]
    [InlineData("type_int32")]
    [InlineData("type_int64")]
    [InlineData("type_uint8")]
    [InlineData("type_uint16")]
    [InlineData("type_uint32")]
    [InlineData("type_uint64")]
    [InlineData("type_bool")]
    [InlineData("type_string")]
    [InlineData("special_float")]
    [InlineData("special_double")]
    [InlineData("special_float16")]
    [InlineData("axes")]
    public Task Answer_OfEveryElementType_IsNumpys(string model) => AnswersAsExpectedAsync(model);

    public static TheoryData<int> Opsets => [.. Enumerable.Range(9, OnnxModels.NewestOpset - 8)];

    [Theory]
    [MemberData(nameof(Opsets))]
    public Task Answer_OfEveryOpset_IsNumpys(int opset) => AnswersAsExpectedAsync($"opset_{opset}");

    [Theory]
    [InlineData("refused_complex64", "complex64")]
    [InlineData("refused_float8e4m3fn", "8-bit floats")]
    [InlineData("refused_int4", "4-bit")]
    [InlineData("refused_sequence", "Input 'x' of the ONNX model")]
    public async Task Model_WhoseInputNoRequestCanGive_EndsTheHostWith3(string model, string log)
    {
        await using var host = ScoringProcess.Start(
            new AppFolder(), (ScoringHostVariables.ModelFramework, "Onnx"), (ScoringHostVariables.ModelDirectory, models.PathOf(model)));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(models.PathOf(model), host.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optional", "{\"x\": [1, 2]}", "{\"outputs\":{\"y\":[10,20]}}")]
    [InlineData("optional", "{\"x\": [1, 2], \"factor\": [3]}", "{\"outputs\":{\"y\":[3,6]}}")]
    [InlineData("optional", "{\"data\": [1, 2]}", "{\"result\":[10,20]}")]
    [InlineData("scalar", "{\"data\": 4}", "{\"result\":8}")]
    [InlineData("scalar", "{\"inputs\": {\"x\": -0.5}}", "{\"outputs\":{\"y\":-1}}")]
    [InlineData("no_shape", "{\"data\": [[1], [2]]}", "{\"result\":[[1],[2]]}")]
    [InlineData("no_shape", "{\"data\": 1}", "{\"result\":1}")]
    [InlineData("type_float", "{\"data\": []}", "{\"result\":[]}")]
    [InlineData("type_string", "{\"data\": []}", "{\"result\":[]}")]
    [InlineData("opset_13", "{\"inputs\": {\"x\": []}}", "{\"outputs\":{\"y\":[]}}")]
    [InlineData("axes", "{\"data\": [[]]}", "{\"result\":[]}")]
    public async Task Input_OfAnUnusualShape_IsTaken(string model, string body, string expected)
    {
        await using var host = await models.StartAsync(model);

        Assert.Equal(expected, await host.ScoreTextAsync(body));
    }

    private async Task AnswersAsExpectedAsync(string model)
    {
        await using var host = await models.StartAsync(model);

        var answer = await host.ScoreTextAsync(await File.ReadAllTextAsync(Path.Combine(models.PathOf(model), "request.json")));

        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(models.PathOf(model), "expected.json")));
        Assert.True(Same(expected, JsonNode.Parse(answer)), $"{answer}\nis not\n{expected!.ToJsonString()}");
    }

    /// <summary>Equal lists of equal values: numbers by value, since 1 and 1.0 are the same.</summary>
    private static bool Same(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (JsonObject left, JsonObject right) => left.Count == right.Count && left.All(entry => Same(entry.Value, right[entry.Key])),
        (JsonArray left, JsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => Same(pair.First, pair.Second)),
        (JsonValue left, JsonValue right) when left.TryGetValue(out string? text) => right.TryGetValue(out string? other) && text == other,
        (JsonValue left, JsonValue right) when left.TryGetValue(out bool flag) => right.TryGetValue(out bool other) && flag == other,
        (JsonValue left, JsonValue right) => left.ToJsonString() == right.ToJsonString()
            || (left.TryGetValue(out double x) && right.TryGetValue(out double y)
                && (Math.Abs(x) < 1L << 53 || !IsWhole(left)) && (x == y || (float)x == (float)y)),
        _ => false,
    };

    /// <summary>Large whole numbers are compared by their digits.</summary>
    private static bool IsWhole(JsonValue value) => !value.ToJsonString().AsSpan().ContainsAny(".eE");
}
