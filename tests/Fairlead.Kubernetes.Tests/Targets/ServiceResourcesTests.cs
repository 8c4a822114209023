using System.Text.Json.Nodes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Targets;
using Fairlead.Kubernetes.Tests.Installing;

namespace Fairlead.Kubernetes.Tests.Targets;

public sealed class ServiceResourcesTests
{
    private readonly MemoryBlobs _blobs = new();

    [Fact]
    public async Task Build_ModelsAndSource_AreFilesByUrlWithARightOfTheirManifest()
    {
        var (model, source) = (_blobs.Manifest("model.onnx"), _blobs.Manifest("score.py", "lib/util.py"));

        var made = await BuildAsync(new ScoringServiceSpec
        {
            EntryScript = "score.py",
            SnapshotManifest = source,
            Models = [new ServedModel("iris", 3, "Onnx", model)],
        });

        var file = made.Spec.Models.Single().Files.Single();
        Assert.StartsWith($"http://10.0.0.5:8470/content/{model}/sha256:{file.Sha256}?token=$(FILES_", file.Url, StringComparison.Ordinal);
        Assert.Equal("model.onnx", file.Path);
        Assert.Equal(["score.py", "lib/util.py"], made.Spec.Source!.Files.Select(item => item.Path));
        Assert.Equal(("iris-files", "iris-keys"), (made.Spec.FilesSecret, made.Spec.KeysSecret));
        Assert.Empty(SpecRules.Check("iris", made.Spec));
        Assert.Equal(model, ServiceResources.ManifestOf(ServiceResources.VariableOf(model)));
    }

    [Fact]
    public async Task Build_Endpoint_IsOneThatRunsNothing()
    {
        var split = new TrafficSplit
        {
            Versions = [new VersionShare("blue", "iris-blue", 97.5m, true), new VersionShare("green", "iris-green", 2.5m)],
            DefaultVersion = "blue",
            StickyHeader = "x-user",
        };

        var made = await BuildAsync(new ScoringServiceSpec { Traffic = split });

        Assert.Empty(SpecRules.Check("iris", made.Spec));
        Assert.Equal((0, 0, false), (made.Spec.Replicas, made.Spec.WantedReplicas, made.Spec.AutoScaler.AutoscaleEnabled));
        var there = made.Spec.Traffic!.ToSplit()!;
        Assert.Equal(split.Versions, there.Versions);
        Assert.Equal((split.DefaultVersion, split.StickyHeader), (there.DefaultVersion, there.StickyHeader));
    }

    [Fact]
    public async Task Template_OfSuchAService_ReadsTheRightsWhenAPodStarts()
    {
        var model = _blobs.Manifest("model.onnx");
        var made = await BuildAsync(new ScoringServiceSpec
        {
            Models = [new ServedModel("iris", 1, "Onnx", model)],
            EnvironmentVariables = new Dictionary<string, string> { ["LITERAL"] = "$(FILES_x)" },
        });

        var template = PodTemplate.Build(made, new ManifestOptions { Image = "fairlead:1", Features = new("v1.20.2", false, false) });

        var env = template.Spec.InitContainers[0].Env;
        Assert.Equal((ServiceResources.VariableOf(model), "iris-files"), (env[0].Name, env[0].ValueFrom.SecretKeyRef.Name));
        Assert.Contains($"token=$$({ServiceResources.VariableOf(model)})", env[^1].Value, StringComparison.Ordinal);
        Assert.Contains(template.Spec.Containers[0].Env, variable => variable is { Name: "LITERAL", Value: "$$(FILES_x)" });
    }

    [Fact]
    public async Task Build_ChangeOfAnAutoscaledService_KeepsTheNumberOfReplicas()
    {
        var spec = new ScoringServiceSpec
        {
            Models = [new ServedModel("iris", 1, "Onnx", _blobs.Manifest("model.onnx"))],
            AutoScaler = new AutoScaler { MinReplicas = 1, MaxReplicas = 5 },
        };
        var existing = await BuildAsync(spec);
        existing.Spec.Replicas = 4;

        Assert.Equal(4, (await BuildAsync(spec, existing)).Spec.Replicas);
        Assert.Equal(2, (await BuildAsync(spec with { AutoScaler = new AutoScaler { MaxReplicas = 2 } }, existing)).Spec.Replicas);
        Assert.Equal(3, (await BuildAsync(spec with { NumReplicas = 3 }, existing)).Spec.Replicas);
        Assert.False((await BuildAsync(spec with { NumReplicas = 3 }, existing)).Spec.AutoScaler.AutoscaleEnabled);
    }

    [Fact]
    public async Task Build_TooManyFiles_IsRefused()
    {
        var model = _blobs.Manifest([.. Enumerable.Range(0, 251).Select(i => $"{i}.bin")]);

        var exception = await Assert.ThrowsAsync<FairleadException>(
            () => BuildAsync(new ScoringServiceSpec { Models = [new ServedModel("iris", 1, "Onnx", model)] }));

        Assert.Equal(ErrorCodes.NotSupported, exception.Error.Code);
    }

    [Fact]
    public void Environment_BaseImage_IsTheContainersImage()
    {
        var environment = Environment("""
            {"docker": {"baseImage": "team/scikit:1"}, "python": {"userManagedDependencies": true, "interpreterPath": "/opt/py/bin/python"},
             "environmentVariables": {"A": "1", "B": "1"}}
            """);

        var made = ContainerEnvironment.Of(new ScoringServiceSpec
        {
            Environment = environment,
            EnvironmentVariables = new Dictionary<string, string> { ["B"] = "2" },
        });

        Assert.Equal(("team/scikit:1", "/opt/py/bin/python"), (made.Image, made.Python));
        Assert.Equal(("1", "2"), (made.Variables["A"], made.Variables["B"]));
    }

    [Theory]
    [InlineData("""{"docker": {"baseDockerfile": "FROM x"}}""")]
    [InlineData("""{"python": {"condaDependencies": {"dependencies": ["python=3.11", {"pip": ["numpy"]}]}}}""")]
    [InlineData("""{"python": {"condaDependencies": {"dependencies": ["scikit-learn"]}}}""")]
    public void Environment_ThatHadToBeBuilt_IsRefusedWithTheWayOut(string json)
    {
        var exception = Assert.Throws<FairleadException>(() => ContainerEnvironment.Of(new ScoringServiceSpec { Environment = Environment(json) }));

        Assert.Equal(ErrorCodes.NotSupported, exception.Error.Code);
        Assert.Contains("--base-image", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_OnlyAnInterpreter_NeedsNothing() => Assert.Null(ContainerEnvironment.Of(new ScoringServiceSpec
    {
        Environment = Environment("""{"python": {"condaDependencies": {"dependencies": ["python=3.11", "pip", {"pip": []}]}}}"""),
    }).Image);

    private static EnvironmentDefinition Environment(string json) => System.Text.Json.JsonSerializer.Deserialize(
        JsonNode.Parse(json)!.ToJsonString(), Contracts.Api.ContractsJson.Default.EnvironmentDefinition)!;

    private Task<ScoringServiceResource> BuildAsync(ScoringServiceSpec spec, ScoringServiceResource? existing = null) =>
        new ServiceResources(Attachments.Of(), _blobs).BuildAsync(
            new ScoringService { Name = "iris", Generation = 1, Spec = spec, Secret = new ServiceSecret(["aa"]) }, existing, CancellationToken.None);
}
