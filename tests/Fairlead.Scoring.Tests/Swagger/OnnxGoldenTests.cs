using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Onnx;

namespace Fairlead.Scoring.Tests.Swagger;

/// <summary>The documents of ONNX services, which describe their models.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class OnnxGoldenTests(OnnxModels models)
{
    [Theory]
    [InlineData("opset_13", "onnx-one-input", """{"data":[[0.0,0.0]]}""")]
    [InlineData("pair", "onnx-two-inputs", """{"inputs":{"a":[[0.0,0.0]],"s":[""]}}""")]
    [InlineData("optional", "onnx-optional-input", """{"data":[0.0]}""")]
    [InlineData("several", "onnx-several-models", null)]
    [InlineData("maps", "onnx-maps", null)]
    public async Task Document_DescribesTheModel(string model, string golden, string? example)
    {
        await using var host = await models.StartAsync(
            model, (ScoringHostVariables.ServiceName, "golden"), (ScoringHostVariables.ServicePathPrefix, "/api/v1/service/golden"));

        foreach (var version in new[] { "2", "3", "3.1" })
        {
            var text = await host.Client.GetStringAsync("/swagger.json?version=" + version);
            if (example is not null)
            {
                Assert.Contains("\"example\":" + example, text, StringComparison.Ordinal);
            }

            await GoldenDocuments.CompareAsync(golden, version, text);
        }

        if (example is not null)
        {
            using var answer = await host.ScoreAsync(example);
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }
}
