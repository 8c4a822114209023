using System.Diagnostics;
using System.Text.Json.Nodes;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>Endpoints with versions, as a user makes and changes them (§1.8).</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Versions_MadeSharedAndDeletedUnderLoad_NoRequestFails()
    {
        await using var server = await Server.StartAsync();
        var made = (await Samples.DeployScriptAsync(
            server, "shop", Answering("blue"), "--cp", "aksendpoint", "--vn", "blue", "--nr", "1")).Succeeded().Json;
        Assert.Equal(("blue", "Healthy"), ((string?)made["defaultVersion"], (string?)made["state"]));
        var key = await server.KeyAsync("shop");

        await using var load = new Load(server, "shop", key, 4);
        await load.MoreAnswersAsync(20);
        (await CreateVersionAsync(server, "green", "--tp", "50", "--nr", "1")).Succeeded();
        await load.MoreAnswersAsync(40);
        foreach (var share in new[] { "100", "2.5", "0", "100" })
        {
            (await UpdateVersionAsync(server, "green", "--tp", share)).Succeeded();
            await load.MoreAnswersAsync(20);
        }

        (await UpdateVersionAsync(server, "green", "--is-default", "true")).Succeeded();
        (await server.CliAsync("endpoint", "realtime", "delete-version", "-n", "shop", "--vn", "blue")).Succeeded();
        await load.MoreAnswersAsync(20);
        var answers = await load.StopAsync();

        Assert.All(answers, answer => Assert.Equal(200, answer.Code));
        Assert.Contains("\"blue\"", answers[0].Body, StringComparison.Ordinal);
        Assert.All(answers.TakeLast(16), answer => Assert.Contains("\"green\"", answer.Body, StringComparison.Ordinal));
        var now = (await server.CliAsync("endpoint", "realtime", "show", "-n", "shop", "-o", "json")).Succeeded().Json;
        Assert.Equal(["green"], now["versions"]!.AsArray().Select(version => (string?)version!["name"]));
    }

    [Fact]
    public async Task Share_Changed_HoldsWithinASecondWithoutANewReplica()
    {
        await using var server = await Server.StartAsync();
        (await Samples.DeployScriptAsync(
            server, "shop", Answering("blue"), "--cp", "aksendpoint", "--vn", "blue", "--nr", "1", "--ae", "false")).Succeeded();
        (await CreateVersionAsync(server, "green", "--nr", "1")).Succeeded();
        var before = ReplicasOf(await ShowAsync(server));

        (await UpdateVersionAsync(server, "green", "--tp", "100", "--no-wait")).Succeeded();
        var watch = Stopwatch.StartNew();
        await Eventually.TrueAsync(
            async () => (await (await server.ScoreAsync("shop", "", "{}")).Content.ReadAsStringAsync()).Contains("green"),
            "an answer of green");

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"it took {watch.Elapsed}");
        Assert.Equal(before, ReplicasOf(await ShowAsync(server)));
    }

    [Fact]
    public async Task Endpoint_StatusKeysRestartAndDelete_AsForAService()
    {
        await using var server = await Server.StartAsync();
        (await Samples.DeployScriptAsync(
            server, "shop", Answering("blue"), "--cp", "aksendpoint", "--vn", "blue", "--nr", "1")).Succeeded();
        var keys = (await server.CliAsync(
            "endpoint", "realtime", "regen-key", "-n", "shop", "-k", "Primary", "-o", "json")).Succeeded().Json;
        var key = (string)keys["primaryKey"]!;

        Assert.Equal(200, (int)(await server.ScoreAsync("shop", key, "{}")).StatusCode);
        Assert.Equal(200, (int)(await server.ScoreAsync("shop-blue", key, "{}")).StatusCode);
        Assert.Equal(401, (int)(await server.ScoreAsync("shop", "wrong", "{}")).StatusCode);
        var run = await server.CliAsync("endpoint", "realtime", "run", "-n", "shop", "-d", "{}");
        Assert.Contains("blue", run.Succeeded().Output, StringComparison.Ordinal);

        var status = (await server.CliAsync("gateway", "status", "-o", "json")).Succeeded().Json;
        Assert.Equal(["shop-blue"], status["services"]!.AsArray().Select(service => (string?)service!["name"]));
        Assert.Empty((await server.CliAsync("service", "list", "-o", "json")).Succeeded().Json.AsArray());
        Assert.Single((await server.CliAsync("endpoint", "realtime", "list", "-o", "json")).Succeeded().Json.AsArray());
        (await server.CliAsync("service", "delete", "-n", "shop-blue")).Failed(2);
        foreach (var verb in new[] { "show", "get-keys" })
        {
            var wrong = (await server.CliAsync("endpoint", "realtime", verb, "-n", "shpo")).Failed(3);
            Assert.Contains("did you mean 'shop'?", wrong.Error, StringComparison.Ordinal);
        }


        await server.KillServerAsync();
        (await server.UpAsync()).Succeeded();
        await Eventually.TrueAsync(
            async () => (int)(await server.ScoreAsync("shop", key, "{}")).StatusCode == 200, "the endpoint to be back");

        (await server.CliAsync("endpoint", "realtime", "delete", "-n", "shop")).Succeeded();
        Assert.Equal(404, (int)(await server.ScoreAsync("shop", key, "{}")).StatusCode);
        Assert.Equal(404, (int)(await server.ScoreAsync("shop-blue", key, "{}")).StatusCode);
        Assert.Empty(server.Replicas("shop-blue"));
    }

    private static string Answering(string version) => $"def init(): pass\ndef run(raw): return '{version}'\n";

    private static async Task<ProgramResult> CreateVersionAsync(Server server, string version, params string[] more)
    {
        using var folder = new TemporaryFolder();
        folder.Write("score.py", Answering(version));
        return await server.CliInAsync(
            folder.Path, ["endpoint", "realtime", "create-version", "-n", "shop", "--vn", version, "--es", "score.py", .. more]);
    }

    private static Task<ProgramResult> UpdateVersionAsync(Server server, string version, params string[] more) =>
        server.CliAsync(["endpoint", "realtime", "update-version", "-n", "shop", "--vn", version, .. more]);

    private static async Task<JsonNode> ShowAsync(Server server) =>
        (await server.CliAsync("endpoint", "realtime", "show", "-n", "shop", "-o", "json")).Succeeded().Json;

    private static string[] ReplicasOf(JsonNode endpoint) =>
    [
        .. endpoint["versions"]!.AsArray().SelectMany(version => version!["service"]!["deploymentStatus"]!["replicas"]!.AsArray())
            .Select(replica => (string)replica!["id"]!),
    ];
}
