using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.NoCode;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Onnx;

[Collection(ModelsCollection.Name)]
public sealed class OnnxTests(Models models)
{
    [Theory]
    [InlineData("float", "[[1.5,-2],[3e2,0.1]]", "[[1.5,-2],[300,0.1]]")]
    [InlineData("float", "[[\"NaN\",\"-Infinity\"]]", "[[\"NaN\",\"-Infinity\"]]")]
    [InlineData("double", "[[0.1,1e300]]", "[[0.1,1E+300]]")]
    [InlineData("float16", "[[0.5,65504]]", "[[0.5,65504]]")]
    [InlineData("int8", "[[-128,127]]", "[[-128,127]]")]
    [InlineData("int16", "[[-32768,32767]]", "[[-32768,32767]]")]
    [InlineData("int32", "[[-2147483648,5.0]]", "[[-2147483648,5]]")]
    [InlineData("int64", "[[-9223372036854775808,9223372036854775807]]", "[[-9223372036854775808,9223372036854775807]]")]
    [InlineData("uint8", "[[0,255]]", "[[0,255]]")]
    [InlineData("uint16", "[[0,65535]]", "[[0,65535]]")]
    [InlineData("uint32", "[[0,4294967295]]", "[[0,4294967295]]")]
    [InlineData("uint64", "[[0,18446744073709551615]]", "[[0,18446744073709551615]]")]
    [InlineData("bool", "[[true,false]]", "[[true,false]]")]
    [InlineData("string", "[[\"a\",\"gr\\u00fcn\"]]", "[[\"a\",\"grün\"]]")]
    public async Task Element_OfEveryType_GoesInAndOut(string type, string data, string expected)
    {
        await using var host = await StartAsync("same_" + type);

        Assert.Equal($$"""{"result":{{expected}}}""", await host.ScoreTextAsync($$"""{"data": {{data}}}"""));
        Assert.Equal($$$"""{"outputs":{"y":{{{expected}}}}}""", await host.ScoreTextAsync($$$"""{"inputs": {"x": {{{data}}}}}"""));
        Assert.Equal($$$"""{"outputs":{"y":{{{expected}}}}}""", await host.ScoreTextAsync($$"""{"x": {{data}}}"""));
    }

    [Theory]
    [InlineData("float", "", "POST body is empty. Expecting a JSON dictionary.")]
    [InlineData("float", "{", "POST body could not be decoded as JSON: ")]
    [InlineData("float", "{\"data\": [[1,2]]} x", "POST body could not be decoded as JSON: ")]
    [InlineData("float", "[1]", "POST body should be a JSON dictionary.")]
    [InlineData("float", "{}", "A value is not provided for the 'x' parameter; the model expects [batch, 2] of float.")]
    [InlineData("float", "{\"z\": [[1,2]]}", "'z' is not an input of the model; its inputs are 'x' ([batch, 2] of float).")]
    [InlineData("float", "{\"data\": [[1,2,3]]}", "Input 'x' has shape [1, 3]; the model expects [batch, 2] of float.")]
    [InlineData("float", "{\"data\": [1,2]}", "Input 'x' has shape [2]; the model expects [batch, 2] of float. A single row also needs")]
    [InlineData("float", "{\"data\": [[1,2],[3]]}", "Input 'x' is not a regular array: it has lists of 2 and of 1 items at depth 2.")]
    [InlineData("float", "{\"data\": [[1,[2]]]}", "Input 'x' is not a regular array: it has a list where a value is expected.")]
    [InlineData("float", "{\"data\": [[1,\"two\"]]}", "Input 'x' has \"two\" at position 1; values of type float are expected.")]
    [InlineData("float", "{\"data\": [[1,null]]}", "Input 'x' has null at position 1; values of type float are expected.")]
    [InlineData("float", "{\"data\": [[1,1e39]]}", "Input 'x' has 1e39 at position 1; values of type float are expected.")]
    [InlineData("float", "{\"data\": [[1,{}]]}", "Input 'x' has an object in it; lists of float are expected.")]
    [InlineData("float", "{\"data\": [[1,2]], \"x\": [[1,2]]}", "Input 'x' is given twice.")]
    [InlineData("uint8", "{\"data\": [[1,256]]}", "Input 'x' has 256 at position 1; values of type uint8 are expected.")]
    [InlineData("uint8", "{\"data\": [[1,-1]]}", "Input 'x' has -1 at position 1; values of type uint8 are expected.")]
    [InlineData("int8", "{\"data\": [[1,200]]}", "Input 'x' has 200 at position 1; values of type int8 are expected.")]
    [InlineData("int64", "{\"data\": [[1,1.5]]}", "Input 'x' has 1.5 at position 1; values of type int64 are expected.")]
    [InlineData("int64", "{\"data\": [[1,9223372036854775808]]}", "Input 'x' has 9223372036854775808 at position 1; values of type int64")]
    [InlineData("bool", "{\"data\": [[true,1]]}", "Input 'x' has 1 at position 1; values of type bool are expected.")]
    [InlineData("string", "{\"data\": [[\"a\",1]]}", "Input 'x' has 1 at position 1; values of type string are expected.")]
    public async Task Input_ThatDoesNotFit_Is400AndNamesIt(string type, string body, string message)
    {
        await using var host = await StartAsync("same_" + type);

        using var response = await host.ScoreAsync(body);

        Assert.Equal(400, (int)response.StatusCode);
        var text = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("message").GetString();
        Assert.StartsWith(message, text, StringComparison.Ordinal);
        Assert.Equal("False", response.Headers.GetValues("x-ms-run-function-failed").Single());
    }

    [Fact]
    public async Task Model_WithTwoInputs_TakesThemByName()
    {
        await using var host = await StartAsync("two");

        Assert.Equal(
            """{"outputs":{"sum":[4,6],"difference":[-2,-2]}}""", await host.ScoreTextAsync("""{"b": [3,4], "a": [1,2]}"""));
        Assert.Contains("'data' is for models with one input", await host.ScoreTextAsync("""{"data": [1]}"""), StringComparison.Ordinal);
        Assert.Contains("'b' parameter", await host.ScoreTextAsync("""{"inputs": {"a": [1]}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_OfNonFiniteNumbers_IsText()
    {
        await using var host = await StartAsync("divide");

        Assert.Equal("""{"result":[["NaN",1]]}""", await host.ScoreTextAsync("""{"data": [[0, 2]]}"""));
    }

    [Fact]
    public async Task Output_OfSequenceOfMaps_IsListOfObjects()
    {
        await using var host = await StartAsync("zipmap");

        Assert.Equal(
            """{"result":[{"no":0.25,"yes":0.75},{"no":1,"yes":0}]}""",
            await host.ScoreTextAsync("""{"data": [[0.25, 0.75], [1, 0]]}"""));
    }

    [Fact]
    public async Task Get_OnModel_Is405()
    {
        await using var host = await StartAsync("two");

        using var response = await host.Client.GetAsync("/score?a=1");

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal("""{"message": "Method not allowed"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Run_OverTheScoringTimeout_Is500AndTheSlotIsFreeAgain()
    {
        await using var host = await StartAsync(
            "endless", (ScoringHostVariables.ScoringTimeoutMs, "300"), (ScoringHostVariables.MaxConcurrentRequests, "1"));

        using var response = await host.ScoreAsync("""{"data": [1]}""");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("""{"message": "Scoring timeout after 300 ms"}""", await response.Content.ReadAsStringAsync());
        await host.WaitForLogAsync("azmlinfsrv - POST /score 500");
        Assert.Contains("'z' is not an input", await host.ScoreTextAsync("""{"z": 1}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.onnx,b.onnx", "2 .onnx files are in the model folder")]
    [InlineData("a.txt", "No .onnx file is in the model folder")]
    [InlineData("a.onnx", "could not be loaded")]
    public async Task ModelFolder_ThatCannotBeServed_EndsTheHostWith3(string files, string log)
    {
        var folder = new AppFolder();
        foreach (var file in files.Split(','))
        {
            folder.WithModel(file, [1, 2, 3]);
        }

        await using var host = ScoringProcess.Start(
            folder, (ScoringHostVariables.ModelFramework, "Onnx"), (ScoringHostVariables.ModelDirectory, folder.ModelPath));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    private Task<ScoringProcess> StartAsync(string model, params (string, string)[] variables) =>
        ScoringProcess.StartReadyAsync(
            Models.NoScript,
            [(ScoringHostVariables.ModelFramework, "onnx"), (ScoringHostVariables.ModelDirectory, models.PathOf(model)), .. variables]);
}
