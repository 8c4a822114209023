using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>Start, stop, and what a crash leaves behind.</summary>
public sealed class LifecycleTests
{
    private const string IrisRequest = """{"data": [[5.1, 3.5, 1.4, 0.2]]}""";

    [Fact]
    public async Task Up_SecondServerOnTheSameFolder_IsRefusedAndTheFirstServesOn()
    {
        await using var server = await Server.StartAsync();

        var second = await ProgramRun.RunAsync(
            Installation.Binary("fairleadd"), ["up", "--data", server.Data, "--port", "0", "--gateway-port", "0"]);

        Assert.Equal(4, second.ExitCode);
        Assert.Contains($"'{server.Data}' is in use", second.Error, StringComparison.Ordinal);
        Assert.Contains(server.Pid.ToString(), second.Error, StringComparison.Ordinal);
        (await server.CliAsync("model", "list")).Succeeded();
    }

    [Fact]
    public async Task Up_PortInUse_NamesThePortAndTheOption()
    {
        await using var server = await Server.StartAsync();
        using var folder = new TemporaryFolder();
        var port = new Uri(server.WorkspaceUrl).Port.ToString();

        var second = await ProgramRun.RunAsync(
            Installation.Binary("fairleadd"), ["up", "--data", folder.Path, "--port", port, "--gateway-port", "0"]);

        Assert.Equal(7, second.ExitCode);
        Assert.Contains($"Port {port} is in use", second.Error, StringComparison.Ordinal);
        Assert.Contains("--port", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_WithServices_EndsEveryProcess()
    {
        await using var server = await Server.StartAsync();
        await Samples.DeployAsync(server, "iris-onnx", "iris");
        await Samples.DeployAsync(server, "digits-sklearn", "digits");
        var pid = server.Pid;
        Assert.NotEmpty(server.Workers("digits"));

        (await server.CliAsync("down")).Succeeded();

        Assert.False(Server.IsAlive(pid));
        Assert.Empty(server.Processes());
        Assert.False(File.Exists(Path.Combine(server.Data, "server.json")));
    }

    [Fact]
    public async Task KillNine_ServerWithServices_LeavesNoProcessAndComesBackWhole()
    {
        await using var server = await Server.StartAsync();
        await Samples.DeployAsync(server, "iris-onnx", "iris");
        await Samples.DeployAsync(server, "digits-sklearn", "digits");
        var key = await server.KeyAsync("iris");

        await server.KillServerAsync();
        await Eventually.TrueAsync(() => server.Processes().Count == 0, "the end of orphaned replicas and workers");
        (await server.UpAsync()).Succeeded();

        await Eventually.TrueAsync(
            async () => (string?)(await server.ShowAsync("digits"))["state"] == "Healthy", "digits to be back");
        await Eventually.TrueAsync(
            async () => (int)(await server.ScoreAsync("iris", key, IrisRequest)).StatusCode == 200, "iris to be back");
        Assert.Single(server.Replicas("iris"));
        Assert.Single(server.Replicas("digits"));
    }

    [Fact]
    public async Task KillNine_DuringADeployment_TheDeploymentGoesOnAfterTheStart()
    {
        await using var server = await Server.StartAsync();
        await Samples.RegisterAsync(server, "digits-sklearn", "digits");
        (await server.CliInAsync(
            Path.Combine(Installation.Samples, "digits-sklearn"),
            "model", "deploy", "-n", "digits", "-m", "digits:1", "--ic", "inferenceconfig.json",
            "--dc", "deploymentconfig.json", "--no-wait")).Succeeded();

        await server.KillServerAsync();
        (await server.UpAsync()).Succeeded();

        await Eventually.TrueAsync(
            async () => (string?)(await server.ShowAsync("digits"))["state"] == "Healthy", "the deployment's end");
    }
}
