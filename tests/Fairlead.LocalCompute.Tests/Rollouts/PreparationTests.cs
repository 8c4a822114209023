using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Rollouts;

public sealed class PreparationTests
{
    [Fact(Timeout = 60_000)]
    public async Task EntryScript_WithSyntaxError_FailsWithFileAndLine()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var snapshot = compute.Blobs.AddFolder(("code/score.py", "def init():\n    pass\n\ndef run(data)\n    return data\n"));

        var status = await compute.DeployAsync(compute.Service(
            change: spec => spec with { SnapshotManifest = snapshot, EntryScript = "code/score.py" }));

        Assert.Equal(ServiceState.Failed, status.State);
        Assert.Equal((ErrorCodes.EntryScriptInvalid, 400), (status.Error!.Code, status.Error.StatusCode));
        Assert.Contains("code/score.py:4: SyntaxError: expected ':'", status.Error.Message);
        Assert.Contains("def run(data)", status.Error.Details[0].Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task EntryScript_Missing_FailsAndListsWhatIsThere()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with { EntryScript = "main.py" }));

        Assert.Equal(ErrorCodes.EntryScriptNotFound, status.Error!.Code);
        Assert.Contains("main.py", status.Error.Message);
        Assert.Contains("score.py", status.Error.Details[0].Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Model_BlobMissing_FailsAndTheNextGenerationWorks()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var missing = "sha256:" + new string('0', 64);

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with { Models = [new("m", 1, null, missing)] }));

        Assert.Equal(ErrorCodes.BlobNotFound, status.Error!.Code);
        Assert.Equal(ServiceState.Healthy, (await compute.DeployAsync(compute.Service(generation: 2))).State);
    }

    [Fact(Timeout = 60_000)]
    public async Task Request_OverTheMachine_FailsWithAskedAndAvailable()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.CpuCores = 2);

        var status = await compute.DeployAsync(compute.Service(
            change: spec => spec with { Resources = new ContainerResourceRequirements { Cpu = 64 } }));

        Assert.Equal((ServiceState.Failed, ErrorCodes.DeploymentFailed), (status.State, status.Error!.Code));
        var detail = Assert.Single(status.Error.Details);
        Assert.Equal(ErrorCodes.Unschedulable, detail.Code);
        Assert.Contains("64 CPU cores, of 2 there are", detail.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task InitLogs_AfterDeployment_TellWhatWasPrepared()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());

        var lines = await compute.ReadLogsAsync("iris", new LogQuery(Init: true));

        Assert.Contains(lines, line => line.Text == "Source directory: 1 files");
        Assert.All(lines, line => Assert.Equal("iris-1-init", line.Replica));
        Assert.DoesNotContain(await compute.ReadLogsAsync("iris", new LogQuery()), line => line.Replica == "iris-1-init");
    }
}
