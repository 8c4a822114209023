using System.Text.Json.Nodes;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>Each sample, deployed as its README says, answers what scikit-learn itself answers.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData("iris-onnx", "iris-onnx")]
    [InlineData("digits-onnx", "digits-onnx")]
    [InlineData("digits-sklearn", "digits-sklearn")]
    public async Task Sample_RequestFile_IsAnsweredAsExpected(string sample, string service)
    {
        await using var server = await Server.StartAsync();
        var deployed = await Samples.DeployAsync(server, sample, service);
        Assert.Equal("Healthy", (string?)deployed["state"]);
        Assert.Equal(server.ScoringUrl(service), (string?)deployed["scoringUri"]);
        var folder = Path.Combine(Installation.Samples, sample);

        var answer = await server.ScoreAsync(
            service, await server.KeyAsync(service), await File.ReadAllTextAsync(Path.Combine(folder, "request.json")));

        Assert.Equal(200, (int)answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "expected.json")))!;
        Assert.Equal(Labels(expected["result"]), Labels(body!["result"] ?? body));
    }

    [Theory]
    [InlineData("iris-onnx")]
    [InlineData("digits-onnx")]
    [InlineData("digits-sklearn")]
    [InlineData("two-models")]
    public async Task ExpectedAnswers_TrainedAgain_AreWhatScikitLearnSays(string sample)
    {
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Installation.Samples, "*.py")
            .Append(Path.Combine(Installation.Samples, sample, "train.py")))
        {
            copy.Write(Path.GetRelativePath(Installation.Samples, file), await File.ReadAllTextAsync(file));
        }

        (await ProgramRun.RunAsync(Installation.Python, [Path.Combine(copy.Path, sample, "train.py")])).Succeeded();

        foreach (var file in (string[])["request.json", "expected.json"])
        {
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(copy.Path, sample, file)),
                await File.ReadAllTextAsync(Path.Combine(Installation.Samples, sample, file)));
        }
    }

    [Fact]
    public async Task Demo_EmptyHome_PredictsKnownLabelsAndEndsEverything()
    {
        using var home = new TemporaryFolder();

        var demo = await ProgramRun.RunAsync(
            Installation.Binary("fairlead"),
            ["demo", "--exit", "--port", "0", "--gateway-port", "0"],
            new Dictionary<string, string> { ["HOME"] = home.Path, ["FAIRLEAD_SAMPLES"] = Installation.Samples });

        demo.Succeeded();
        foreach (var service in (string[])["iris", "digits", "two-models", "slow"])
        {
            Assert.Contains(service, demo.All, StringComparison.Ordinal);
        }

        Assert.Contains("/api/v1/service/", demo.All, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(home.Path, ".fairlead", "server.json")));
    }

    private static string[] Labels(JsonNode? labels) =>
        [.. Assert.IsType<JsonArray>(labels).Select(label => label!.ToString())];
}
