using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Resources;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Resources;

public sealed class CgroupTests
{
    private static readonly ContainerResourceRequirements Limited = new() { Cpu = 0.5, CpuLimit = 1.5, MemoryInGB = 0.1, MemoryInGBLimit = 0.125 };

    public static bool MayUseCgroups { get; } = CgroupMount.Find().Any(mount => mount.Controllers.Contains("memory")) && CanMake();

    [Fact(Timeout = 60_000, Skip = "Control groups cannot be made here.", SkipUnless = nameof(MayUseCgroups))]
    public async Task Replica_WithLimits_RunsInAGroupThatHasThem()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service(change: spec => spec with { Resources = Limited }));
        var pid = await compute.GetAsync("iris", "/pid");

        foreach (var mount in CgroupMount.Find())
        {
            var group = Assert.Single(GroupsOf(compute, mount));
            Assert.Contains(pid, File.ReadAllLines(Path.Combine(group, "cgroup.procs")));
            foreach (var (file, value, _) in CgroupSettings.For(mount, Limited).Where(setting => File.Exists(Path.Combine(group, setting.File))))
            {
                Assert.Equal(value, File.ReadAllText(Path.Combine(group, file)).Trim());
            }
        }

        await compute.Target.DeleteAsync("iris", CancellationToken.None);
        Assert.All(CgroupMount.Find(), mount => Assert.Empty(GroupsOf(compute, mount)));
    }

    [Fact(Timeout = 60_000, Skip = "Control groups cannot be made here.", SkipUnless = nameof(MayUseCgroups))]
    public async Task Replica_OverItsMemory_FailsTheRolloutAsOutOfMemory()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();

        var status = await compute.DeployAsync(compute.Service(change: spec =>
            LocalComputeUnderTest.With(spec, "STANDIN_ALLOCATE_MB", "400") with { Resources = Limited }));

        Assert.Equal(ErrorCodes.DeploymentFailed, status.Error!.Code);
        Assert.Equal(ErrorCodes.OutOfMemory, status.Error.Details[0].Code);
        Assert.Contains("0.125 GB", status.Error.Message);
    }

    [Fact(Timeout = 60_000, Skip = "Control groups cannot be made here.", SkipUnless = nameof(MayUseCgroups))]
    public async Task Replica_OverItsMemoryWhileServing_SaysSoAndStartsAgain()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.RestartDelay = TimeSpan.FromSeconds(1));
        await compute.DeployAsync(compute.Service(change: spec => spec with { Resources = Limited }));

        await Assert.ThrowsAsync<HttpRequestException>(() => compute.GetAsync("iris", "/allocate?mb=400"));

        var ended = await compute.WaitAsync("iris", status => status.Replicas.Any(replica => replica.State == ReplicaState.BackOff));
        Assert.StartsWith("OOMKilled", ended.Replicas[0].Reason);
        await compute.WaitAsync("iris", status => status.State == ServiceState.Healthy);
    }

    [Fact]
    public void Settings_Version2_AreItsFiles()
    {
        var settings = CgroupSettings.For(new CgroupMount("/x", 2, ["cpu", "memory"]), Limited).Select(setting => $"{setting.File}={setting.Value}");

        Assert.Equal(["cpu.weight=50", "cpu.max=150000 100000", "memory.max=134217728", "memory.swap.max=0"], settings);
    }

    [Fact]
    public void Settings_NoLimits_AreOnlyShares()
    {
        var settings = CgroupSettings.For(new CgroupMount("/x", 1, ["cpu", "memory"]), new ContainerResourceRequirements())
            .Select(setting => $"{setting.File}={setting.Value}");

        Assert.Equal(["cpu.shares=102"], settings);
    }

    [Fact]
    public void Parse_SeparateControllers_FindsEachWithOurOwnGroup()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-cgroup-");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "memory", "ours"));

        var mounts = CgroupMount.Parse(
            [$"cgroup {folder.FullName}/cpu cgroup rw,relatime,cpu,cpuacct 0 0", $"cgroup {folder.FullName}/memory cgroup rw,memory 0 0", "proc /proc proc rw 0 0"],
            ["3:memory:/ours", "1:cpu:/elsewhere"]);

        Assert.Equal(
            [$"{folder.FullName}/cpu 1 cpu", $"{folder.FullName}/memory/ours 1 memory"],
            mounts.Select(mount => string.Create(CultureInfo.InvariantCulture, $"{mount.Folder} {mount.Version} {string.Join(',', mount.Controllers)}")));
        folder.Delete(recursive: true);
    }

    private static string[] GroupsOf(LocalComputeUnderTest compute, CgroupMount mount) =>
        Directory.GetDirectories(Path.Combine(mount.Folder, Cgroups.Parent), Cgroups.InstanceOf(compute.Paths.Root) + ".*");

    private static bool CanMake()
    {
        var cgroups = new Cgroups(CgroupMount.Find(), "probe", Microsoft.Extensions.Logging.Abstractions.NullLogger<Cgroups>.Instance);
        var group = cgroups.TryCreate("probe", new ContainerResourceRequirements());
        group?.Remove();
        return group is not null;
    }
}
