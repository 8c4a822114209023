using System.Globalization;
using System.Text.Json;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Replicas;

public sealed class ReplicaLifeTests
{
    [Fact(Timeout = 60_000)]
    public async Task Replica_Killed_StartsAgainElsewhereAndOthersGoOn()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service(change: spec => spec with { NumReplicas = 2 }));
        var route = await compute.Routes.WaitAsync("iris", route => route.Replicas.Count == 2);
        var (victim, other) = (route.Replicas[0], route.Replicas[1]);
        var pid = int.Parse(await LocalComputeUnderTest.GetAsync(victim, "/pid"), CultureInfo.InvariantCulture);
        var otherPid = await LocalComputeUnderTest.GetAsync(other, "/pid");

        LibC.TrySignal(pid, LibC.Sigkill);

        await compute.Routes.WaitAsync("iris", route => route.Replicas.All(replica => replica.Id != victim.Id));
        var status = await compute.WaitAsync("iris", status => status.AvailableReplicas == 2 && status.Replicas.Any(r => r.Restarts == 1));
        Assert.Equal(ServiceState.Healthy, status.State);
        var after = await compute.Routes.WaitAsync("iris", route => route.Replicas.Count == 2);
        Assert.NotEqual(victim.Address, after.Replicas.Single(replica => replica.Id == victim.Id).Address);
        Assert.Equal(otherPid, await compute.GetAsync("iris", "/pid", other.Id));
    }

    [Fact(Timeout = 60_000)]
    public async Task Replica_ThatKeepsCrashingAfterItServed_IsUnhealthyAndSaysWhy()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.RestartDelay = TimeSpan.FromSeconds(20));
        await compute.DeployAsync(compute.Service());

        await Assert.ThrowsAsync<HttpRequestException>(() => compute.GetAsync("iris", "/exit?code=7"));

        var status = await compute.WaitAsync("iris", status => status.State == ServiceState.Unhealthy);
        var replica = Assert.Single(status.Replicas);
        Assert.Equal(ReplicaState.BackOff, replica.State);
        Assert.Contains("exit code 7", replica.Reason);
        Assert.Contains("exit code 7", status.Activity);
    }

    [Fact(Timeout = 60_000)]
    public async Task Replica_ThatNoLongerAnswers_IsReplacedByTheLivenessProbe()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service(change: spec => spec with
        {
            LivenessProbe = new LivenessProbeRequirements { PeriodSeconds = 1, FailureThreshold = 2, TimeoutSeconds = 1 },
        }));
        var before = await compute.GetAsync("iris", "/pid");

        await compute.GetAsync("iris", "/ill");

        await compute.WaitAsync("iris", status => status.AvailableReplicas == 0);
        await compute.WaitAsync("iris", status => status.AvailableReplicas == 1);
        Assert.NotEqual(before, await compute.GetAsync("iris", "/pid"));
        Assert.Contains(await compute.ReadLogsAsync("iris", new LogQuery()), line => line.Text.Contains("LivenessProbeFailed"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Replica_NeverReady_TimesOutWith504()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.ReplicaStartTimeout = TimeSpan.FromMilliseconds(300));

        var status = await compute.DeployAsync(compute.Service(
            change: spec => LocalComputeUnderTest.With(spec, "STANDIN_READY_AFTER", "60")));

        Assert.Equal(ServiceState.Failed, status.State);
        Assert.Equal((ErrorCodes.DeploymentTimedOut, 504), (status.Error!.Code, status.Error.StatusCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task Replica_ThatIgnoresSigterm_IsKilledAfterTheScoringTimeout()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.DrainMargin = TimeSpan.FromMilliseconds(100));
        await compute.DeployAsync(compute.Service(change: spec =>
            LocalComputeUnderTest.With(spec, "STANDIN_IGNORE_SIGTERM", "1") with { ScoringTimeoutMs = 200 }));
        var pid = int.Parse(await compute.GetAsync("iris", "/pid"), CultureInfo.InvariantCulture);

        await compute.Target.DeleteAsync("iris", CancellationToken.None);

        Assert.Null(ProcessStat.Read(pid));
    }

    [Fact(Timeout = 60_000)]
    public async Task ScoringHost_Missing_FailsWithItsPath()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options => options.ScoringHostPath = "/nowhere/fairlead-scoring");

        var status = await compute.DeployAsync(compute.Service());

        Assert.Equal(ServiceState.Failed, status.State);
        Assert.Contains("/nowhere/fairlead-scoring", status.Error!.Message);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false, null, null)]
    [InlineData(true, "0f8fad5b-d9cb-469f-a165-70867728950e", "https://own.example")]
    public async Task Replica_WithTelemetry_GetsTheServersKeyWhereItBringsNone(bool enabled, string? key, string? endpoint)
    {
        await using var compute = await LocalComputeUnderTest.StartAsync(options =>
        {
            options.AppInsightsKey = "0f8fad5b-d9cb-469f-a165-70867728950e";
            options.AppInsightsEndpoint = "https://ours.example";
        });
        await compute.DeployAsync(compute.Service(change: spec => spec with
        {
            EnvironmentVariables = enabled
                ? new Dictionary<string, string> { ["AML_APP_INSIGHTS_ENDPOINT"] = "https://own.example" } : new(),
            AppInsightsEnabled = enabled,
        }));

        var variables = JsonSerializer.Deserialize<Dictionary<string, string>>(await compute.GetAsync("iris", "/env"))!;

        Assert.Equal(enabled ? "true" : null, variables.GetValueOrDefault("AML_APP_INSIGHTS_ENABLED"));
        Assert.Equal(key, variables.GetValueOrDefault("AML_APP_INSIGHTS_KEY"));
        Assert.Equal(endpoint, variables.GetValueOrDefault("AML_APP_INSIGHTS_ENDPOINT"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Replica_Environment_IsTheDocumentedOneAndNothingOfTheServers()
    {
        Environment.SetEnvironmentVariable("FAIRLEAD_TEST_SECRET", "do not pass on");
        await using var compute = await LocalComputeUnderTest.StartAsync();
        await compute.DeployAsync(compute.Service(change: spec => spec with
        {
            Environment = new() { EnvironmentVariables = new Dictionary<string, string> { ["A"] = "environment", ["B"] = "environment" } },
            EnvironmentVariables = new Dictionary<string, string> { ["B"] = "spec", ["SERVER_PORT"] = "80" },
            WorkerCount = 3,
            CollectModelData = true,
        }));

        var variables = JsonSerializer.Deserialize<Dictionary<string, string>>(await compute.GetAsync("iris", "/env"))!;

        var root = Path.Combine(compute.Paths.AppFolder("iris", 1), "app");
        Assert.Equal(root, variables["AML_APP_ROOT"]);
        Assert.Equal("score.py", variables["AZUREML_ENTRY_SCRIPT"]);
        Assert.Equal("", variables["AZUREML_MODEL_DIR"]);
        Assert.Equal(("iris", "1", "/api/v1/service/iris", "default"), (variables["SERVICE_NAME"], variables["SERVICE_VERSION"],
            variables["SERVICE_PATH_PREFIX"], variables["WORKSPACE_NAME"]));
        Assert.Equal(("5000", "3", "0", "127.0.0.1"), (variables["SCORING_TIMEOUT_MS"], variables["WORKER_COUNT"],
            variables["SERVER_PORT"], variables["FAIRLEAD_BIND_ADDRESS"]));
        Assert.Equal(("1", "1", "/usr/bin/python3"), (variables["FAIRLEAD_MAX_CONCURRENT_REQUESTS"],
            variables["FAIRLEAD_END_WITH_PARENT"], variables["FAIRLEAD_PYTHON"]));
        Assert.Equal(("environment", "spec"), (variables["A"], variables["B"]));
        Assert.Equal(("true", "true"), (variables["AML_MODEL_DC_STORAGE_ENABLED"], variables["AML_MDC_STORAGE_ENABLED"]));
        Assert.DoesNotContain("FAIRLEAD_TEST_SECRET", variables.Keys);
    }
}
