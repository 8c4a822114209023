using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Tests;

/// <summary><c>model deploy</c> and <c>service update</c>.</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task Deploy_NoCode_ShowsTheServiceAndHowToCallIt()
    {
        await using var cli = await WithModelAsync();

        var result = await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1");

        Assert.Equal("Healthy", result.Ok().Json["state"]!.ToString());
        Assert.Contains("fairlead service run -n iris", result.Error, StringComparison.Ordinal);
        Assert.Contains("/api/v1/service/iris/score", result.Error, StringComparison.Ordinal);
        Assert.Null(cli.Workspace.LastCreate!.EnvironmentImageRequest!.DriverProgram);
    }

    [Fact]
    public async Task Deploy_PersonWatches_DrawsOnStandardErrorOnly()
    {
        await using var cli = await WithModelAsync();
        cli.IsInteractive = true;
        cli.Folder.File("src/score.py");

        var result = await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--es", "score.py", "--sd", "src");

        Assert.Equal("Healthy", result.Ok().Json["state"]!.ToString());
        Assert.Contains("upload of the source", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_FlagsAndFile_FlagsWin()
    {
        await using var cli = await WithModelAsync();
        cli.Folder.File("dc.json", """{"computeType": "aks", "autoScaler": {"minReplicas": 2, "maxReplicas": 6}, "maxQueueWaitMs": 700, "keys": {"primaryKey": "file"}}""");

        var result = await cli.RunAsync(
            "model", "deploy", "-n", "iris", "-m", "m:1", "--dc", "dc.json", "--ma", "9", "--ae", "false", "--ks", "flag", "--tag", "a=b");

        result.Ok();
        var request = cli.Workspace.LastCreate!;
        Assert.Equal((2, 9), (request.AutoScaler!.MinReplicas, request.AutoScaler.MaxReplicas));
        Assert.Equal(("AKS", 700, false), (request.ComputeType, request.MaxQueueWaitMs, request.AuthEnabled));
        Assert.Equal(("file", "flag"), (request.Keys!.PrimaryKey, request.Keys.SecondaryKey));
        Assert.Equal("b", request.KvTags!["a"]);
        Assert.Null(request.ScoringTimeoutMs);
    }

    [Fact]
    public async Task Deploy_SourceDirectory_UploadsWhatIsNotIgnored()
    {
        await using var cli = await WithModelAsync();
        cli.Folder.File("src/score.py", "def init(): pass");
        cli.Folder.File("src/.amlignore", "*.log\n");
        cli.Folder.File("src/big.log");
        cli.Folder.File("ic.yml", "entryScript: score.py\nsourceDirectory: src\n");

        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--ic", "ic.yml", "-e", "env", "--ev", "2")).Ok();

        var image = cli.Workspace.LastCreate!.EnvironmentImageRequest!;
        Assert.Equal("score.py", image.DriverProgram);
        Assert.Equal(new Contracts.Api.EnvironmentReference("env", "2"), image.EnvironmentReference);
        Assert.True(cli.Workspace.Blobs.Has(image.SnapshotUrl!["aml://asset/".Length..]));
    }

    [Fact]
    public async Task Deploy_MissingEntryScript_SendsNothing()
    {
        await using var cli = await WithModelAsync();
        cli.Folder.File("src/main.py");
        var before = cli.Workspace.Requests.Count;

        var result = await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--es", "score.py", "--sd", "src");

        Assert.Equal(2, result.Code);
        Assert.Contains("'score.py'", result.Error, StringComparison.Ordinal);
        Assert.Contains("main.py", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, cli.Workspace.Requests.Count);
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task Deploy_IgnoredEntryScript_NamesTheRule()
    {
        await using var cli = await WithModelAsync();
        cli.Folder.File("src/score.py");
        cli.Folder.File("src/.gitignore", "# all\n*.py\n");

        var result = await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--es", "score.py", "--sd", "src");

        Assert.Equal(2, result.Code);
        Assert.Contains(".gitignore line 2: *.py", result.Error, StringComparison.Ordinal);
        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--es", "score.py", "--sd", "src", "--no-ignore")).Ok();
    }

    [Theory]
    [InlineData("autoscale-min-replicas is 5", "--mi", "5", "--ma", "2")]
    [InlineData("cannot both be true", "--ae", "true", "--token-auth-enabled", "true")]
    [InlineData("must be 1 to 100", "--at", "101")]
    [InlineData("'--name'", "--nme", "x")]
    [InlineData("must be a whole number", "--nr", "two")]
    [InlineData("key=value", "--tag", "novalue")]
    public async Task Deploy_WrongSetting_IsAUsageError(string message, params string[] flags)
    {
        await using var cli = await WithModelAsync();
        var before = cli.Workspace.Requests.Count;

        var result = await cli.RunAsync(["model", "deploy", "-n", "iris", "-m", "m:1", .. flags]);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, cli.Workspace.Requests.Count);
    }

    [Fact]
    public async Task Deploy_ThatFails_ShowsDocumentLogAndOperation()
    {
        await using var cli = await WithModelAsync();
        cli.Workspace.FailDeployments = new ErrorDocument(
            "KubernetesDeploymentFailed", 400, "the container crashed", [new ErrorDetail("CrashLoopBackOff", "init() raised")]);
        cli.Workspace.Logs = ["Traceback", "ValueError: bad"];

        var result = await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1");

        Assert.Equal(5, result.Code);
        Assert.Empty(result.Out);
        Assert.Contains("current service state: Failed", result.Error, StringComparison.Ordinal);
        Assert.Contains("Operation ID: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("CrashLoopBackOff: init() raised", result.Error, StringComparison.Ordinal);
        Assert.Contains("ValueError: bad", result.Error, StringComparison.Ordinal);
        Assert.Contains("get-logs", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_MetadataFileOfRegister_NamesTheModel()
    {
        await using var cli = await WithModelAsync();
        (await cli.RunAsync("model", "register", "-n", "other", "-p", cli.Folder.File("o.onnx"), "-t", "model.json")).Ok();

        (await cli.RunAsync("model", "deploy", "-n", "iris", "-f", "model.json", "-m", "m:1")).Ok();

        Assert.Equal(["m:1", "other:1"], cli.Workspace.LastCreate!.EnvironmentImageRequest!.ModelIds);
    }

    [Fact]
    public async Task Deploy_ExistingName_IsAConflictUnlessOverwrite()
    {
        await using var cli = await WithModelAsync();
        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1")).Ok();

        Assert.Equal(4, (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1")).Code);
        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--overwrite")).Ok();
    }

    [Fact]
    public async Task Update_OneSetting_SendsTheWholeObjectItIsIn()
    {
        await using var cli = await WithModelAsync();
        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--tag", "a=1", "--tag", "b=2")).Ok();

        (await cli.RunAsync("service", "update", "-n", "iris", "--ma", "4", "--add-tag", "c=3", "--remove-tag", "a", "--kp", "mine")).Ok();

        var steps = cli.Workspace.LastPatch!.ToDictionary(step => step.Path, step => step.Value!.ToJsonString());
        Assert.Equal(["/autoScaler", "/kvTags"], steps.Keys.Order());
        Assert.Contains("\"maxReplicas\":4", steps["/autoScaler"], StringComparison.Ordinal);
        Assert.Contains("\"minReplicas\":1", steps["/autoScaler"], StringComparison.Ordinal);
        Assert.Equal("""{"b":"2","c":"3"}""", steps["/kvTags"]);
        Assert.Equal("mine", cli.Workspace.Keys["iris"].PrimaryKey);
    }

    private static async Task<CliRun> WithModelAsync()
    {
        var cli = new CliRun();
        (await cli.RunAsync("model", "register", "-n", "m", "-p", cli.Folder.File("m.onnx"), "--model-framework", "onnx")).Ok();
        return cli;
    }
}
