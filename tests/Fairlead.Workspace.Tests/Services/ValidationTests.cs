using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class ValidationTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Create_WrongSettings_NamesAllOfThem()
    {
        var problem = await RefuseAsync(400, ErrorCodes.InvalidArgument, request => request with
        {
            AutoScaler = new AutoScalerDto { MinReplicas = 5, MaxReplicas = 2, TargetUtilization = 0 },
            ScoringTimeoutMs = 90_000_000,
            MaxConcurrentRequestsPerContainer = 0,
            ContainerResourceRequirements = new ContainerResourceRequirements { Cpu = -1, MemoryInGB = 2, MemoryInGBLimit = 1 },
            Rollout = new RolloutStrategy { MaxSurge = 0, MaxUnavailable = 0 },
            Namespace = "-x",
        });

        Assert.Equal(
            [
                "autoScaler.minReplicas", "autoScaler.targetUtilization", "containerResourceRequirements.cpu",
                "containerResourceRequirements.memoryInGBLimit", "maxConcurrentRequestsPerContainer", "namespace", "rollout",
                "scoringTimeoutMs",
            ],
            problem.Details.Select(detail => detail.Target!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public Task Create_BothAuthModes_Is400() =>
        RefuseAsync(400, ErrorCodes.InvalidArgument, request => request with { AuthEnabled = true, AadAuthEnabled = true });

    [Fact]
    public async Task Create_WrongNames_AreRefused()
    {
        await RefuseAsync(400, ErrorCodes.InvalidArgument, request => request with { Name = "Iris" });
        await RefuseAsync(400, ErrorCodes.InvalidArgument, request => request with { ComputeType = "ACI" });
        await RefuseAsync(404, ErrorCodes.ComputeNotFound, request => request with { ComputeName = "none" });
        var problem = await RefuseAsync(404, ErrorCodes.ModelNotFound, request => With(request, new() { ModelIds = ["iris:99"] }));
        Assert.Contains("iris:99", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_EntryScriptNotThere_ListsThoseThatAre()
    {
        var snapshot = await _workspace.UploadAsync(Routes.Snapshots, ("main.py", "pass"), ("lib/util.py", "pass"), ("notes.txt", "x"));

        var problem = await RefuseAsync(
            400, ErrorCodes.EntryScriptNotFound, request => With(request, new() { DriverProgram = "score.py", SnapshotUrl = snapshot.Url }));

        Assert.Contains("lib/util.py, main.py", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("notes.txt", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_EntryScriptAndNoModel_IsDeployed()
    {
        var snapshot = await _workspace.UploadAsync(Routes.Snapshots, ("src/score.py", "pass"));

        await _workspace.DeployAsync("iris", request => With(request, new() { DriverProgram = "./src/score.py", SnapshotUrl = snapshot.Url }));

        var spec = _workspace.Compute.Find("iris")!.Spec;
        Assert.Equal(("src/score.py", snapshot.Id, 0), (spec.EntryScript, spec.SnapshotManifest, spec.Models.Count));
    }

    [Fact]
    public async Task Create_NoScriptForThisModel_SaysWhatToDo()
    {
        await _workspace.RegisterModelAsync("custom", "Custom");

        var problem = await RefuseAsync(400, ErrorCodes.InvalidArgument, request => With(request, new() { ModelIds = ["custom"] }));
        Assert.Contains("init() and run()", problem.Message, StringComparison.Ordinal);
        await RefuseAsync(400, ErrorCodes.InvalidArgument, request => With(request, new() { ModelIds = ["iris", "custom"] }));
        await RefuseAsync(400, ErrorCodes.InvalidArgument, request => With(request, new()));
    }

    [Fact]
    public async Task Create_CondaPackages_AreNamed()
    {
        const string Conda = """{"dependencies": ["python=3.10", "pip", "conda-forge::xgboost>=1", {"pip": ["numpy"]}]}""";
        EnvironmentDefinition Environment(bool managed) => new()
        {
            Python = new PythonSection { UserManagedDependencies = managed, CondaDependencies = JsonNode.Parse(Conda)!.AsObject() },
        };

        var problem = await RefuseAsync(
            400, ErrorCodes.CondaNotSupported, request => With(request, new() { ModelIds = ["iris"], Environment = Environment(false) }));
        await _workspace.DeployAsync("iris", request => With(request, new() { ModelIds = ["iris"], Environment = Environment(true) }));

        Assert.Single(problem.Details);
        Assert.Contains("xgboost", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_GivenAndRegenerated_AreHashedForTheTargetAndEncryptedAtRest()
    {
        await _workspace.DeployAsync("iris", request => request with { Keys = new AuthKeysDto("my-first-key", null) });
        var before = await KeysAsync("listkeys", null);
        Assert.Equal("my-first-key", before.PrimaryKey);
        Assert.Matches("^[A-Za-z0-9]{32}$", before.SecondaryKey);

        var after = await KeysAsync("regenerateKeys", """{"keyType": "primary"}""");

        Assert.Equal(before.SecondaryKey, after.SecondaryKey);
        Assert.Matches("^[A-Za-z0-9]{32}$", after.PrimaryKey);
        var applied = _workspace.Compute.Find("iris")!;
        Assert.Equal((1, Hash(after.PrimaryKey!), Hash(after.SecondaryKey!)), (applied.Generation, applied.Secret.KeyHashes[0], applied.Secret.KeyHashes[1]));
        foreach (var file in Directory.GetFiles(_workspace.Data.Path, "workspace.db*"))
        {
            Assert.DoesNotContain(after.SecondaryKey!, await ReadAsync(file), StringComparison.Ordinal);
        }
    }

    /// <summary>A file of the database; empty when it went away, as SQLite's log does when its last connection closes.</summary>
    private static async Task<string> ReadAsync(string file)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    [Fact]
    public async Task Logs_LastLines_AreJsonOrText()
    {
        await _workspace.DeployAsync("iris");
        _workspace.Compute.Logs.AddRange([new("iris-1-a", "one"), new("iris-1-a", "two \"quoted\""), new("iris-1-b", "three")]);

        Assert.Equal(
            "{\"replica\":\"iris-1-a\",\"text\":\"two \\u0022quoted\\u0022\"}\n{\"replica\":\"iris-1-b\",\"text\":\"three\"}\n",
            await _workspace.Http.GetStringAsync("services/iris/logs?lines=2"));
        _workspace.Http.DefaultRequestHeaders.Accept.ParseAdd("text/plain");
        Assert.Equal("iris-1-b three\n", await _workspace.Http.GetStringAsync("services/iris/logs?replica=iris-1-b"));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/none/logs"), 404, ErrorCodes.ServiceNotFound);
    }

    private static CreateServiceRequest With(CreateServiceRequest request, EnvironmentImageRequest image) =>
        request with { EnvironmentImageRequest = image };

    private static string Hash(string key) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    private async Task<ProblemDto> RefuseAsync(int status, string code, Func<CreateServiceRequest, CreateServiceRequest> change)
    {
        var problem = await TestWorkspace.RefusalAsync(
            _workspace.PostAsync(await _workspace.RequestAsync("iris", change)), status, code);
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("services/iris"), 404, ErrorCodes.ServiceNotFound);
        return problem;
    }

    private async Task<AuthKeysDto> KeysAsync(string verb, string? body) => await TestWorkspace.ReadAsync(
        await _workspace.Http.PostAsync(
            "services/iris/" + verb, body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json")),
        ContractsJson.Default.AuthKeysDto);
}
