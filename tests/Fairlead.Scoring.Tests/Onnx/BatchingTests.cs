using System.Net.Sockets;
using System.Text;
using Fairlead.Contracts;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Onnx;

/// <summary>Batches wait as long as is allowed, so that only a full one can answer within a test's limit.</summary>
[Collection(OnnxModelsCollection.Name)]
public sealed class BatchingTests(OnnxModels models)
{
    private const string LongDelay = "60000";

    [Fact]
    public async Task Requests_ThatFillABatch_AreRunTogetherAndEachGetsItsRows()
    {
        await using var host = await StartAsync("rows", 4);

        var answers = await Task.WhenAll(
            host.ScoreTextAsync("""{"x": [[1, 2]]}"""), host.ScoreTextAsync("""{"x": [[3, 4], [5, 6]]}"""),
            InferAsync(host, """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [7, 8]}]}"""));

        Assert.Equal(
            [
                """{"outputs":{"same":[[1,2]],"rows":[[4,4]]}}""",
                """{"outputs":{"same":[[3,4],[5,6]],"rows":[[4,4],[4,4]]}}""",
                """{"model_name":"model","outputs":[{"name":"same","datatype":"FP32","shape":[1,2],"data":[7,8]},{"name":"rows","datatype":"FP32","shape":[1,2],"data":[4,4]}]}""",
            ],
            answers);
    }

    [Fact]
    public async Task Strings_AreBatchedToo()
    {
        await using var host = await StartAsync("type_string", 2);

        var answers = await Task.WhenAll(
            host.ScoreTextAsync("""{"data": [["a", "", "c"]]}"""), host.ScoreTextAsync("""{"data": [["dd", "e", "fff"]]}"""));

        Assert.Equal(["""{"result":[["c","","a"]]}""", """{"result":[["fff","e","dd"]]}"""], answers);
    }

    [Fact]
    public async Task Requests_OfOtherInnerShapes_AreOtherBatches()
    {
        await using var host = await StartAsync("rows", 2);

        var answers = await Task.WhenAll(
            host.ScoreTextAsync("""{"x": [[1, 2]]}"""), host.ScoreTextAsync("""{"x": [[3]]}"""),
            host.ScoreTextAsync("""{"x": [[4, 5]]}"""), host.ScoreTextAsync("""{"x": [[6]]}"""));

        Assert.Equal("""{"outputs":{"same":[[1,2]],"rows":[[2,2]]}}""", answers[0]);
        Assert.Equal("""{"outputs":{"same":[[6]],"rows":[[2]]}}""", answers[3]);
    }

    [Fact]
    public async Task Request_ThatNoneJoins_IsRunAfterTheDelay_AndOneThatIsFullAtOnce()
    {
        await using var delayed = await models.StartAsync(
            "rows", (ScoringHostVariables.MaxBatchSize, "64"), (ScoringHostVariables.MaxBatchDelayMs, "1"));
        Assert.Equal("""{"outputs":{"same":[[1]],"rows":[[1]]}}""", await delayed.ScoreTextAsync("""{"x": [[1]]}"""));

        await using var host = await StartAsync("rows", 2);
        Assert.Equal("""{"outputs":{"same":[[1],[2]],"rows":[[2],[2]]}}""", await host.ScoreTextAsync("""{"x": [[1], [2]]}"""));
        Assert.Equal("""{"outputs":{"same":[[1],[2],[3]],"rows":[[3],[3],[3]]}}""", await host.ScoreTextAsync("""{"x": [[1], [2], [3]]}"""));
    }

    [Fact]
    public async Task Error_OfOne_FailsItAlone()
    {
        await using var host = await StartAsync("fails", 3);

        var answers = await Task.WhenAll(
            host.ScoreTextAsync("""{"x": [1]}"""), host.ScoreTextAsync("""{"x": [7]}"""), host.ScoreTextAsync("""{"x": [2]}"""));

        Assert.Equal("""{"outputs":{"y":[1.5]}}""", answers[0]);
        Assert.Equal("""{"message": "An unexpected error occurred in scoring script. Check the logs for more info."}""", answers[1]);
        Assert.Equal("""{"outputs":{"y":[2.5]}}""", answers[2]);
        await host.WaitForLogAsync("A batch of 3 requests to model model failed; each is run alone");
        Assert.DoesNotContain("E:onnxruntime", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_WhoseResultsHaveOtherRows_IsNotBatched()
    {
        await using var host = await StartAsync("not_by_rows", 2);

        var answers = await Task.WhenAll(
            host.ScoreTextAsync("""{"data": [[1, 2, 3]]}"""), host.ScoreTextAsync("""{"data": [[4, 5, 6]]}"""));

        Assert.Equal(["""{"result":[[1],[2],[3]]}""", """{"result":[[4],[5],[6]]}"""], answers);
        await host.WaitForLogAsync("Model model is not batched any more");
        Assert.Equal("""{"result":[[5],[6]]}""", await host.ScoreTextAsync("""{"data": [[5, 6]]}"""));
    }

    [Fact]
    public async Task Model_WhoseOutputNamesAnotherFirstAxis_IsNotBatched()
    {
        await using var host = await StartAsync("other_axis", 2);

        // Together they would be a square, whose rows are columns of the other.
        var answers = await Task.WhenAll(host.ScoreTextAsync("""{"data": [[1, 2]]}"""), host.ScoreTextAsync("""{"data": [[3, 4]]}"""));

        Assert.Equal(["""{"result":[[1],[2]]}""", """{"result":[[3],[4]]}"""], answers);
    }

    [Fact]
    public async Task Client_ThatLeaves_DoesNotStopTheOthersOfItsBatch()
    {
        await using var host = await models.StartAsync(
            "rows", (ScoringHostVariables.MaxBatchSize, "3"), (ScoringHostVariables.MaxBatchDelayMs, "200"));
        using (var leaving = new TcpClient("127.0.0.1", host.Port))
        {
            const string Body = """{"x": [[9]]}""";
            await leaving.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
                $"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        }

        // Alone or with the one that left, as they arrive.
        var answers = await Task.WhenAll(host.ScoreTextAsync("""{"x": [[1]]}"""), host.ScoreTextAsync("""{"x": [[2]]}"""));

        Assert.StartsWith("""{"outputs":{"same":[[1]],""", answers[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"outputs":{"same":[[2]],""", answers[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_EndsABatchAndFreesItsSlots()
    {
        await using var host = await models.StartAsync(
            "endless_rows", (ScoringHostVariables.MaxBatchSize, "2"), (ScoringHostVariables.MaxBatchDelayMs, LongDelay),
            (ScoringHostVariables.ScoringTimeoutMs, "400"), (ScoringHostVariables.MaxConcurrentRequests, "2"));

        for (var round = 0; round < 2; round++)
        {
            var answers = await Task.WhenAll(host.ScoreTextAsync("""{"data": [[1]]}"""), host.ScoreTextAsync("""{"data": [[2]]}"""));

            Assert.All(answers, answer => Assert.Equal("""{"message": "Scoring timeout after 400 ms"}""", answer));
            while ((await host.ScoreTextAsync("{}")).Contains("busy", StringComparison.Ordinal))
            {
                await Task.Delay(5);
            }

            while ((await Task.WhenAll(host.ScoreTextAsync("{}"), host.ScoreTextAsync("{}"))).Any(
                text => text.Contains("busy", StringComparison.Ordinal)))
            {
                await Task.Delay(5);
            }
        }
    }

    private Task<ScoringProcess> StartAsync(string model, int size) => models.StartAsync(
        model, (ScoringHostVariables.MaxBatchSize, $"{size}"), (ScoringHostVariables.MaxBatchDelayMs, LongDelay));

    private static async Task<string> InferAsync(ScoringProcess host, string body)
    {
        using var response = await host.Client.PostAsync("/v2/models/model/infer", new StringContent(body));
        return await response.Content.ReadAsStringAsync();
    }
}
