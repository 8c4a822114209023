using System.Globalization;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Onnx;

/// <summary>Several models, warm-up, providers, and the limits of a service.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class ServiceTests(OnnxModels models)
{
    private const int ManyModels = 1000;
    private const long ManyModelsMaxBytes = 600L * 1024 * 1024;

    [Theory]
    [InlineData("/score?model=doubler", 200, "{\"result\":[[2,4]]}")]
    [InlineData("/score?model=scaler", 200, "{\"result\":[[10,20]]}")]
    [InlineData("/score?model=scaler&version=9", 200, "{\"result\":[[9,18]]}")]
    [InlineData("/score", 400, "This service has 2 models: name one as /score?model=NAME. They are: doubler, scaler.")]
    [InlineData("/score?model=other", 404, "Model 'other' is not in this service; it has: doubler, scaler.")]
    [InlineData("/score?model=scaler&version=1", 404, "Model 'scaler' has no version '1' in this service; it has: 10, 9.")]
    public async Task Score_OfSeveralModels_IsOfTheOneNamed(string path, int status, string text)
    {
        await using var host = await models.StartAsync("several");

        using var response = await host.Client.PostAsync(path, new StringContent("""{"data": [[1, 2]]}"""));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(text, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_WhoseFolderEndsInNameAndVersion_IsCalledThat()
    {
        await using var host = await models.StartAsync(Path.Combine("several", "scaler", "10"));

        Assert.Equal("""{"result":[[10,20]]}""", await host.ScoreTextAsync("""{"data": [[1, 2]]}"""));
        Assert.StartsWith(
            """{"name":"scaler","versions":["10"],""", await host.Client.GetStringAsync("/v2/models/scaler/versions/10"),
            StringComparison.Ordinal);
        Assert.Contains("Loaded model scaler version 10 from ", host.Log, StringComparison.Ordinal);
        Assert.Contains("inputs: x [n, 2] of float; outputs: y [n, 2] of float", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AThousandModels_AreServedByOneService()
    {
        var folder = new AppFolder();
        var bytes = await File.ReadAllBytesAsync(Path.Combine(models.PathOf("opset_13"), "model.onnx"));
        for (var i = 0; i < ManyModels; i++)
        {
            folder.WithModel(Path.Combine($"model{i:D4}", "1", "model.onnx"), bytes);
        }

        await using var host = await ScoringProcess.StartReadyAsync(folder, Variables(folder));

        for (var i = 0; i < ManyModels; i += 37)
        {
            using var response = await host.Client.PostAsync(
                $"/score?model=model{i:D4}", new StringContent("""{"data": [[1, 2]]}"""));
            Assert.Equal("""{"result":[[2,3]]}""", await response.Content.ReadAsStringAsync());
        }

        Assert.Contains($"Loaded {ManyModels} ONNX model(s)", host.Log, StringComparison.Ordinal);
        var resident = (await File.ReadAllLinesAsync($"/proc/{host.Id}/status")).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var bytesUsed = 1024 * long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(resident);
        Assert.True(bytesUsed < ManyModelsMaxBytes, resident);
        Assert.True(Directory.GetDirectories($"/proc/{host.Id}/task").Length < 200, "A thread pool for each model?");
    }

    [Theory]
    [InlineData("{\"data\": [[1, 2]]}", "Warmed model model up with 1 request(s) of warmup.json")]
    [InlineData("[{\"data\": [[1, 2]]}, {\"x\": [[1, 2], [3, 4]]}]", "Warmed model model up with 2 request(s) of warmup.json")]
    public async Task WarmUp_RunsBeforeReady(string content, string log)
    {
        var folder = await WithWarmUpAsync(content);
        await using var host = await ScoringProcess.StartReadyAsync(folder, Variables(folder));

        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarmUp_ThatFails_EndsTheHostWith3()
    {
        var folder = await WithWarmUpAsync("""{"data": [[1, 2, 3]]}""");
        await using var host = ScoringProcess.Start(folder, Variables(folder));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains("warmup.json' failed: Input 'x' has shape [1, 3]; the model expects [n, 2] of float.", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_ThatIsNotThere_IsWarnedOfAndTheCpuRuns()
    {
        await using var host = await models.StartAsync("opset_13", (ScoringHostVariables.ExecutionProviders, "CUDA, cpu"));

        Assert.Equal("""{"result":[[2,3]]}""", await host.ScoreTextAsync("""{"data": [[1, 2]]}"""));
        Assert.Contains("W [", host.Log, StringComparison.Ordinal);
        Assert.Contains("Execution provider cuda is asked for but not used: the library of ONNX Runtime", host.Log, StringComparison.Ordinal);
        Assert.Contains("models run on CPU; its library offers CPUExecutionProvider", host.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScoringHostVariables.ExecutionProviders, "cuda,tpu", "FAIRLEAD_EXECUTION_PROVIDERS is 'cuda,tpu'; allowed is auto, or")]
    [InlineData(ScoringHostVariables.MaxBatchSize, "0", "FAIRLEAD_MAX_BATCH_SIZE is '0'; allowed is a whole number from 1")]
    [InlineData(ScoringHostVariables.MaxBatchDelayMs, "x", "FAIRLEAD_MAX_BATCH_DELAY_MS is 'x'; allowed is a whole number from 0")]
    public async Task Setting_ThatIsWrong_EndsTheHostWith3(string name, string value, string log)
    {
        await using var host = ScoringProcess.Start(new AppFolder(), (name, value));

        Assert.Equal(3, await host.WaitForExitAsync());
        Assert.Contains(log, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_KeepsTheTimeoutTheLimitAndProbes()
    {
        await using var host = await models.StartAsync(
            "endless_rows", (ScoringHostVariables.ScoringTimeoutMs, "1500"), (ScoringHostVariables.MaxConcurrentRequests, "1"));
        const string Body = """{"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1]}]}""";

        var first = host.Client.PostAsync("/v2/models/model/infer", new StringContent(Body));
        var second = host.Client.PostAsync("/v2/models/model/infer", new StringContent(Body));
        using var refused = await await Task.WhenAny(first, second);

        Assert.Equal("busy", Assert.Single(refused.Headers.GetValues(ScoringHostHeaders.Refused)));
        Assert.StartsWith("""{"error":""", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Healthy", await host.Client.GetStringAsync("/"));
        using var answer = await (first.IsCompleted ? second : first);
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal("""{"error":"Scoring timeout after 1500 ms"}""", await answer.Content.ReadAsStringAsync());
    }

    private static (string, string)[] Variables(AppFolder folder) =>
        [(ScoringHostVariables.ModelFramework, "Onnx"), (ScoringHostVariables.ModelDirectory, folder.ModelPath)];

    private async Task<AppFolder> WithWarmUpAsync(string content)
    {
        var folder = new AppFolder();
        folder.WithModel("model.onnx", await File.ReadAllBytesAsync(Path.Combine(models.PathOf("opset_13"), "model.onnx")));
        folder.WithModel("warmup.json", System.Text.Encoding.UTF8.GetBytes(content));
        return folder;
    }
}
