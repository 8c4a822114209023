namespace Fairlead.Cli.Tests;

/// <summary>The other verbs, output, exit codes and hints.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Register_File_PutsJsonAloneOnStandardOutput()
    {
        await using var cli = new CliRun();

        var result = (await cli.RunAsync(
            "ml", "model", "register", "-n", "iris", "-p", cli.Folder.File("iris.onnx"), "--model-framework", "onnx", "--tag", "a=b")).Ok();

        Assert.Equal(("iris:1", "Onnx", "b"), (result.Json["id"]!.ToString(), result.Json["framework"]!.ToString(), result.Json["tags"]!["a"]!.ToString()));
        Assert.Contains("registered iris:1", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_MissingPath_NamesWhatIsThere()
    {
        await using var cli = new CliRun();
        cli.Folder.File("model.onnx");

        var result = await cli.RunAsync("model", "register", "-n", "iris", "-p", "modl.onnx");

        Assert.Equal(2, result.Code);
        Assert.Contains("did you mean 'model.onnx'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Table_HasTheColumns()
    {
        await using var cli = new CliRun();
        await cli.RunAsync("model", "register", "-n", "iris", "-p", cli.Folder.File("iris.onnx"));

        var result = (await cli.RunAsync("model", "list", "-o", "table")).Ok();

        Assert.Contains("framework", result.Out, StringComparison.Ordinal);
        Assert.Contains("iris", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("{", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InputFileAndStandardInput_AreScoredWithTheKey()
    {
        await using var cli = await WithServiceAsync();
        cli.Folder.File("request.json", """{"data": [1, 2]}""");
        cli.Input = """{"data": [3]}""";

        Assert.Equal("""{"result":[1,2]}""", (await cli.RunAsync("service", "run", "-n", "iris", "-d", "@request.json")).Ok().Out.Trim());
        Assert.Equal("""{"result":[3]}""", (await cli.RunAsync("service", "run", "-n", "iris", "-d", "@-")).Ok().Out.Trim());
        Assert.Equal("""{"result":[4]}""", (await cli.RunAsync("service", "run", "-n", "iris", "-d", """{"data": [4]}""")).Ok().Out.Trim());
    }

    [Fact]
    public async Task Tokens_OfService_AreShownAndUsedToScore()
    {
        await using var cli = new CliRun();
        await cli.RunAsync("model", "register", "-n", "m", "-p", cli.Folder.File("m.onnx"), "--model-framework", "Onnx");
        var deployed = (await cli.RunAsync(
            "model", "deploy", "-n", "iris", "-m", "m:1", "--token-auth-enabled", "true",
            "--token-issuer", "issuer=https://login.test/ml,audience=api://iris")).Ok();

        var token = (await cli.RunAsync("service", "get-access-token", "-n", "iris")).Ok().Json;
        var scored = (await cli.RunAsync("service", "run", "-n", "iris", "-d", """{"data": [4]}""")).Ok();

        Assert.Equal("token", deployed.Json["authentication"]!.ToString());
        Assert.Contains("get-access-token", deployed.Error, StringComparison.Ordinal);
        Assert.Equal(("token-of-iris", "Bearer", 2_000_000_000), ((string)token["accessToken"]!, (string)token["tokenType"]!, (int)token["expiryOn"]!));
        Assert.Equal(["accessToken", "tokenType", "expiryOn", "refreshAfter"], token.AsObject().Select(member => member.Key));
        Assert.Equal("""{"result":[4]}""", scored.Out.Trim());
        var issuer = Assert.Single(cli.Workspace.LastCreate!.TokenIssuers!);
        Assert.Equal(("https://login.test/ml", "api://iris"), (issuer.Issuer, issuer.Audience));
    }

    [Theory]
    [InlineData("issuer=https://login.test")]
    [InlineData("issuer=https://login.test,audience=a,scope=b")]
    [InlineData("issuer=http://login.test,audience=a")]
    [InlineData("nonsense")]
    public async Task TokenIssuer_Wrong_IsRefusedBeforeAnythingIsSent(string issuer)
    {
        await using var cli = new CliRun();

        var result = await cli.RunAsync(
            "model", "deploy", "-n", "iris", "-m", "m:1", "--token-auth-enabled", "true", "--token-issuer", issuer);

        Assert.Equal(2, result.Code);
        Assert.Null(cli.Workspace.LastCreate);
    }

    [Fact]
    public async Task Service_WithoutAuthentication_IsNamedLoudly()
    {
        await using var cli = new CliRun();
        await cli.RunAsync("model", "register", "-n", "m", "-p", cli.Folder.File("m.onnx"), "--model-framework", "Onnx");
        var deployed = (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m:1", "--ae", "false")).Ok();

        var shown = (await cli.RunAsync("service", "show", "-n", "iris", "-o", "table")).Ok();

        Assert.Contains("NO AUTHENTICATION", deployed.Error, StringComparison.Ordinal);
        Assert.Contains("NO AUTHENTICATION", shown.Error, StringComparison.Ordinal);
        Assert.Contains("NONE", shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegenKey_Secondary_ReplacesThatOne()
    {
        await using var cli = await WithServiceAsync();

        var keys = (await cli.RunAsync("service", "regen-key", "-n", "iris", "-k", "secondary", "-s", "mine")).Ok().Json;

        Assert.Equal(("primary-key", "mine"), (keys["primaryKey"]!.ToString(), keys["secondaryKey"]!.ToString()));
        Assert.Equal(2, (await cli.RunAsync("service", "regen-key", "-n", "iris", "-k", "third")).Code);
    }

    [Fact]
    public async Task Logs_BothForms_PrintTheLines()
    {
        await using var cli = await WithServiceAsync();

        Assert.Equal("first line\nsecond line\n", (await cli.RunAsync("logs", "iris")).Ok().Out);
        Assert.Equal("first line\nsecond line\n", (await cli.RunAsync("service", "get-logs", "-n", "iris", "-l", "10", "--init", "false")).Ok().Out);
    }

    [Fact]
    public async Task Show_UnknownService_IsNotFoundWithTheNearest()
    {
        await using var cli = await WithServiceAsync();

        var result = await cli.RunAsync("service", "show", "-n", "irs");

        Assert.Equal(3, result.Code);
        Assert.Contains("did you mean 'iris'?", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task Delete_Service_IsGone()
    {
        await using var cli = await WithServiceAsync();

        (await cli.RunAsync("service", "delete", "-n", "iris")).Ok();

        Assert.Equal(3, (await cli.RunAsync("service", "show", "-n", "iris")).Code);
    }

    [Fact]
    public async Task Environment_ScaffoldRegisterShowDownload_RoundTrips()
    {
        await using var cli = new CliRun();
        (await cli.RunAsync("environment", "scaffold", "-n", "env", "-d", "one")).Ok();
        (await cli.RunAsync("environment", "register", "-d", "one")).Ok();

        Assert.Equal("env", (await cli.RunAsync("environment", "show", "-n", "env", "-v", "1")).Ok().Json["name"]!.ToString());
        (await cli.RunAsync("environment", "download", "-n", "env", "-d", "two")).Ok();
        Assert.True(File.Exists(Path.Combine(cli.Folder.Path, "two/azureml_environment.json")));
        Assert.Equal(4, (await cli.RunAsync("environment", "scaffold", "-n", "env", "-d", "one")).Code);
    }

    [Fact]
    public async Task AnyCommand_NoServer_Is6AndSaysHowToStartOne()
    {
        await using var cli = new CliRun();

        var missing = await cli.RunBareAsync("model", "list");
        var refused = await cli.RunBareAsync("model", "list", "--endpoint", "http://127.0.0.1:9");

        Assert.Equal((6, 6), (missing.Code, refused.Code));
        Assert.Contains("fairlead up", missing.Error, StringComparison.Ordinal);
        Assert.Contains("no Fairlead server at http://127.0.0.1:9", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_ServerFileOfTheDataFolder_IsUsedWithItsToken()
    {
        await using var cli = new CliRun();
        var data = cli.Folder.Folder("data");
        cli.Folder.File("data/server.json", $$"""{"pid": 1, "workspaceUrl": "{{cli.Workspace.Url}}", "gatewayUrl": "{{cli.Workspace.Url}}"}""");
        cli.Folder.File("data/admin-token", "test-token\n");

        (await cli.RunBareAsync("model", "list", "--data", data)).Ok();

        cli.Folder.File("data/admin-token", "wrong");
        Assert.Equal(7, (await cli.RunBareAsync("model", "list", "--data", data)).Code);
    }

    [Theory]
    [InlineData("did you mean 'register'?", "model", "regsiter")]
    [InlineData("did you mean 'model'?", "modle", "list")]
    [InlineData("did you mean '--latest'?", "model", "list", "--lastest")]
    [InlineData("Option '--name' is required", "model", "register")]
    public async Task WrongLine_IsAUsageErrorThatHelps(string message, params string[] line)
    {
        await using var cli = new CliRun();

        var result = await cli.RunBareAsync(line);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfAVerb_HasDefaultsAndExamples()
    {
        await using var cli = new CliRun();

        var help = (await cli.RunBareAsync("model", "deploy", "--help")).Ok().Out;

        Assert.Contains("[default: 60000]", help, StringComparison.Ordinal);
        Assert.Contains("Examples:\n  fairlead model deploy -n iris", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _fairlead fairlead")]
    [InlineData("zsh", "#compdef fairlead")]
    [InlineData("fish", "complete -c fairlead")]
    public async Task Completion_OfEachShell_IsAScriptThatAsksTheProgram(string shell, string part)
    {
        await using var cli = new CliRun();

        var script = (await cli.RunBareAsync("completion", shell)).Ok().Out;

        Assert.Contains(part, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
        Assert.Contains("deploy", (await cli.RunBareAsync("[suggest:8]", "model de")).Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_ServerThatEndsAtOnce_ShowsItsLog()
    {
        await using var cli = new CliRun();
        var program = cli.Folder.File("fake-server", "#!/bin/sh\necho 'port 1 is in use'\nexit 7\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        cli.Variables["FAIRLEAD_SERVER"] = program;

        var result = await cli.RunBareAsync("up", "--data", cli.Folder.Folder("data"));

        Assert.Equal(1, result.Code);
        Assert.Contains("port 1 is in use", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_NoServer_IsFine()
    {
        await using var cli = new CliRun();

        var result = (await cli.RunBareAsync("down")).Ok();

        Assert.Contains("no server runs", result.Error, StringComparison.Ordinal);
    }

    private static async Task<CliRun> WithServiceAsync()
    {
        var cli = new CliRun();
        (await cli.RunAsync("model", "register", "-n", "m", "-p", cli.Folder.File("m.onnx"))).Ok();
        (await cli.RunAsync("model", "deploy", "-n", "iris", "-m", "m")).Ok();
        return cli;
    }
}
