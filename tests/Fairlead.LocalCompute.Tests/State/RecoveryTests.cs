using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.State;

public sealed class RecoveryTests
{
    [Fact(Timeout = 60_000)]
    public async Task Start_AfterKilledServer_EndsOrphansAndBringsServicesBack()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());
        await compute.DeployAsync(compute.Service("digits"));
        int[] orphans = [await PidOfAsync(compute, "iris"), await PidOfAsync(compute, "digits")];
        await compute.Local.AbandonAsync();

        // One of them has lost its pid file too, as when the server died between start and file.
        File.Delete(Directory.GetFiles(compute.Paths.Run, "digits-*.pid").Single());
        Assert.All(orphans, pid => Assert.NotNull(ProcessStat.Read(pid)));
        await compute.RestartAfterCrashAsync();

        Assert.All(orphans, pid => Assert.True(ProcessStat.Read(pid) is null or { IsZombie: true }));
        foreach (var name in (string[])["iris", "digits"])
        {
            var status = await compute.WaitAsync(name, status => status.IsSettled);
            Assert.Equal((1, ServiceState.Healthy), (status.ServingGeneration, status.State));
            Assert.DoesNotContain(await PidOfAsync(compute, name), orphans);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_PidFileOfAPidUsedAgain_LeavesThatProcessAlone()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        using var innocent = Process.Start("sleep", "60");
        var stat = ProcessStat.Read(innocent.Id)!.Value;
        PidFile.Write(compute.Paths.PidFile("iris-1-aaaaa"), stat with { StartTicks = stat.StartTicks - 1 });

        await compute.RestartAfterCrashAsync();

        Assert.False(innocent.HasExited);
        Assert.Empty(Directory.GetFiles(compute.Paths.Run));
        innocent.Kill();
    }

    [Fact(Timeout = 60_000)]
    public async Task Stop_EndsReplicas_NextStartBringsThemBack()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());
        var pid = await PidOfAsync(compute, "iris");

        await compute.RestartAsync();

        Assert.Null(ProcessStat.Read(pid));
        Assert.Equal(ServiceState.Healthy, (await compute.WaitAsync("iris", status => status.IsSettled)).State);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_AfterAFailedUpdate_ServesTheGenerationBefore()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());
        await compute.DeployAsync(compute.Service(generation: 2, change: LocalComputeUnderTest.Crashing));

        await compute.RestartAfterCrashAsync();

        var status = await compute.WaitAsync("iris", status => status.Error is not null && status.AvailableReplicas == 1);
        Assert.Equal((2, 1, ServiceState.Healthy), (status.ObservedGeneration, status.ServingGeneration, status.State));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_UnreadableFile_IsSetAsideAndOthersStart()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());
        await File.WriteAllTextAsync(compute.Paths.ServiceFile("broken"), "{ half a f");

        await compute.RestartAsync();

        Assert.Equal(ServiceState.Healthy, (await compute.WaitAsync("iris", status => status.IsSettled)).State);
        Assert.True(File.Exists(compute.Paths.ServiceFile("broken") + ".unreadable"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Delete_Service_LeavesNoFilesButLogs()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service());

        await compute.Target.DeleteAsync("iris", CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(compute.Paths.Services));
        Assert.Empty(Directory.GetFileSystemEntries(compute.Paths.Apps));
        Assert.Empty(Directory.GetFileSystemEntries(compute.Paths.Run));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(compute.Paths.Logs, "iris")));
    }

    private static async Task<int> PidOfAsync(LocalComputeUnderTest compute, string service)
    {
        var replica = (await compute.WaitAsync(service, status => status.AvailableReplicas == 1)).Replicas.Single().Id;
        return int.Parse(await compute.GetAsync(service, "/pid", replica), CultureInfo.InvariantCulture);
    }
}
