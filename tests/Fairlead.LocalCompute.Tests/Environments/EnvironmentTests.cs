using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Environments;

public sealed class EnvironmentTests
{
    [Fact(Timeout = 120_000)]
    public async Task PipSection_WithPackages_IsBuiltOnceForTwoServices()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var wheels = Path.Combine(compute.Paths.Root, "wheels");
        WriteWheel(wheels, "greeting", "1.2");
        var environment = Pip("azureml-defaults", "--no-index", $"--find-links {wheels}", "greeting==1.2");

        await Task.WhenAll(
            compute.Target.ApplyAsync(compute.Service("one", change: spec => spec with { Environment = environment with { Name = "a" } }), default),
            compute.Target.ApplyAsync(compute.Service("two", change: spec => spec with { Environment = environment with { Name = "b" } }), default));
        foreach (var name in (string[])["one", "two"])
        {
            var status = await compute.WaitAsync(name, status => status.IsSettled);
            Assert.Equal((ServiceState.Healthy, null), (status.State, status.Error));
        }

        var built = Assert.Single(Directory.GetDirectories(compute.Paths.Environments));
        var variables = JsonSerializer.Deserialize<Dictionary<string, string>>(await compute.GetAsync("one", "/env"))!;
        Assert.Equal(Path.Combine(built, "venv", "bin", "python"), variables["FAIRLEAD_PYTHON"]);
        Assert.NotEmpty(Directory.GetFiles(built, "greeting.py", SearchOption.AllDirectories));
        var log = (await compute.ReadLogsAsync("one", new LogQuery(Init: true))).Concat(await compute.ReadLogsAsync("two", new LogQuery(Init: true)));
        Assert.Single(log, line => line.Text.StartsWith("Successfully installed greeting-1.2", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Text.StartsWith("Skipped 'azureml-defaults'", StringComparison.Ordinal));

        await compute.DeployAsync(compute.Service("three", change: spec => spec with { Environment = environment }));
        Assert.Single(Directory.GetDirectories(compute.Paths.Environments));
    }

    [Fact(Timeout = 120_000)]
    public async Task PipSection_UnknownPackage_FailsWithTheEndOfPipsOutput()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();

        var status = await compute.DeployAsync(compute.Service(
            change: spec => spec with { Environment = Pip("--no-index", "no-such-package-anywhere==9") }));

        Assert.Equal((ServiceState.Failed, ErrorCodes.EnvironmentBuildFailed), (status.State, status.Error!.Code));
        Assert.Contains("No matching distribution found for no-such-package-anywhere==9", status.Error.Details[0].Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task CondaPackages_AreRefusedByNameWithWhatToDo()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var conda = new EnvironmentDefinition
        {
            Python = new PythonSection
            {
                CondaDependencies = JsonNode.Parse("""{"dependencies": ["python=3.8", "scikit-learn=1.0", "numpy"]}""")!.AsObject(),
            },
        };

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with { Environment = conda }));

        Assert.Equal((ErrorCodes.CondaNotSupported, 400), (status.Error!.Code, status.Error.StatusCode));
        Assert.Contains("scikit-learn=1.0, numpy", status.Error.Message);
        Assert.Contains("userManagedDependencies", status.Error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task OtherPythonVersionAndDockerfile_AreNotedInTheInitLog()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var environment = new EnvironmentDefinition
        {
            Docker = new DockerSection { BaseDockerfile = "FROM x" },
            Python = new PythonSection { CondaDependencies = JsonNode.Parse("""{"dependencies": ["python=2.7"]}""")!.AsObject() },
        };

        await compute.DeployAsync(compute.Service(change: spec => spec with { Environment = environment }));

        var log = await compute.ReadLogsAsync("iris", new LogQuery(Init: true));
        Assert.Contains(log, line => line.Text.StartsWith("Warning: the environment asks for Python 2.7", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Text.Contains("baseDockerfile"));
        Assert.Empty(Directory.GetDirectories(compute.Paths.Environments));
    }

    [Fact(Timeout = 60_000)]
    public async Task UserManaged_InterpreterThatIsNotThere_IsRefused()
    {
        await using var compute = await LocalComputeUnderTest.StartAsync();
        var environment = new EnvironmentDefinition
        {
            Python = new PythonSection { UserManagedDependencies = true, InterpreterPath = "/opt/none/bin/python" },
        };

        var status = await compute.DeployAsync(compute.Service(change: spec => spec with { Environment = environment }));

        Assert.Equal(ErrorCodes.InvalidArgument, status.Error!.Code);
        Assert.Contains("/opt/none/bin/python", status.Error.Message);
    }

    private static EnvironmentDefinition Pip(params string[] lines) => new()
    {
        Python = new PythonSection
        {
            CondaDependencies = new JsonObject
            {
                ["dependencies"] = new JsonArray(new JsonObject { ["pip"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]) }),
            },
        },
    };

    private static void WriteWheel(string folder, string name, string version)
    {
        Directory.CreateDirectory(folder);
        using var wheel = ZipFile.Open(Path.Combine(folder, $"{name}-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        var info = $"{name}-{version}.dist-info/";
        Add($"{name}.py", "WORD = 'hello'\n");
        Add(info + "METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        Add(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        Add(info + "RECORD", $"{name}.py,,\n{info}METADATA,,\n{info}WHEEL,,\n{info}RECORD,,\n");

        void Add(string path, string content)
        {
            using var writer = new StreamWriter(wheel.CreateEntry(path).Open());
            writer.Write(content);
        }
    }
}
