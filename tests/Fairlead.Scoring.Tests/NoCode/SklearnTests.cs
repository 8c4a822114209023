using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.NoCode;

[Collection(ModelsCollection.Name)]
public sealed class SklearnTests(Models models)
{
    private const string Rows = "[[5.1,3.5,1.4,0.2],[7.0,3.2,4.7,1.4],[6.3,3.3,6.0,2.5]]";

    [Fact]
    public async Task Model_WithNoScript_PredictsWhatScikitLearnPredicts()
    {
        await using var host = await StartAsync();
        var expected = await File.ReadAllLinesAsync(Path.Combine(models.PathOf("iris"), "expected.txt"));

        Assert.Equal($$"""{"result": [{{string.Join(", ", expected)}}]}""", await host.ScoreTextAsync($$"""{"data": {{Rows}}}"""));
        Assert.Equal($$"""{"result": [{{string.Join(", ", expected)}}]}""", await host.ScoreTextAsync($$"""{"Inputs": {{Rows}}}"""));
        using var probabilities = JsonDocument.Parse(
            await host.ScoreTextAsync($$"""{"data": {{Rows}}, "method": "predict_proba"}"""));
        Assert.Equal(3, probabilities.RootElement.GetProperty("result")[0].GetArrayLength());
        foreach (var (body, message) in Bad)
        {
            using var response = await host.ScoreAsync(body);
            Assert.Equal(400, (int)response.StatusCode);
            Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static readonly (string Body, string Message)[] Bad =
    [
        ("{", "could not be decoded as JSON"),
        ("[1]", "should be a JSON dictionary"),
        ("{}", "A value is not provided for the 'data' parameter."),
        ("{\"data\": []}", "'data' must be a list of at least one row."),
        ("{\"date\": [[1]]}", "'date' is not known here"),
        ("{\"data\": [[1,2]]}", "'data' has shape [1, 2]; the model takes rows of 4 values"),
        ("{\"data\": [[1,2,3,4],[1]]}", "The rows of 'data' differ in length: 1, 4."),
        ("{\"data\": [[1,2,3,\\\"x\\\"]]}".Replace("\\\"", "\""), "The model did not take the data"),
        ("{\"data\": [[1,2,3,4]], \"method\": \"fit\"}", "this model offers: predict, predict_proba"),
    ];

    [Fact]
    public async Task Folder_WithoutAModel_EndsTheHostWith3AndListsIt()
    {
        var folder = new AppFolder().WithModel("notes.txt", []);
        await using var host = ScoringProcess.Start(
            folder, (ScoringHostVariables.ModelFramework, "ScikitLearn"), (ScoringHostVariables.ModelDirectory, folder.ModelPath));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains("has no file ending in .pkl, .joblib, .pickle", host.Log, StringComparison.Ordinal);
        Assert.Contains("  notes.txt", host.Log, StringComparison.Ordinal);
    }

    private Task<ScoringProcess> StartAsync() => ScoringProcess.StartReadyAsync(
        Models.NoScript,
        (ScoringHostVariables.ModelFramework, "ScikitLearn"), (ScoringHostVariables.ModelDirectory, models.PathOf("iris")));
}
