using System.Text;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Tests.Golden;
using k8s;

namespace Fairlead.Kubernetes.Tests.Manifests;

public sealed class ManifestGoldenTests
{
    private const string Folder = "tests/Fairlead.Kubernetes.Tests/Manifests/Golden";

    private static readonly ManifestOptions Old = new()
    {
        Image = "registry.example/fairlead:1.2.3",
        ImagePullSecrets = ["fairlead-login"],
        GatewayNamespace = "fairlead-system",
        Features = new ClusterFeatures("v1.20.2", PolicyV1: false, NamespaceNameLabel: false),
    };

    private static readonly ManifestOptions New = Old with { Features = new ClusterFeatures("v1.34.0", PolicyV1: true, NamespaceNameLabel: true) };

    [Theory]
    [InlineData("minimal")]
    [InlineData("script")]
    [InlineData("full")]
    [InlineData("volumes")]
    public async Task Deployment_IsTheGoldenOne(string name)
    {
        var service = await ServiceAsync(name);
        Assert.Empty(SpecRules.Check(service.Metadata.Name, service.Spec));

        await GoldenFile.CheckAsync($"{Folder}/{name}/deployment.yaml", Yaml(DeploymentManifest.Build(service, Old, inPlace: false)));
    }

    [Theory]
    [InlineData("1.20")]
    [InlineData("1.34")]
    public async Task Others_AreTheGoldenOnes(string version)
    {
        var options = version == "1.20" ? Old : New;
        var service = await ServiceAsync("script");

        var yaml = new StringBuilder()
            .Append(Yaml(NetworkPolicyManifest.Build(service, options))).Append("---\n")
            .Append(Yaml(DisruptionBudgetManifest.Build(service, options))).Append("---\n")
            .Append(Yaml(KeysSecretManifest.Build(service, "first", "second")));

        await GoldenFile.CheckAsync($"{Folder}/script/others-{version}.yaml", yaml.ToString());
    }

    [Fact]
    public async Task Revision_ChangesWithWhatPodsAreMadeOf_AndWithNothingElse()
    {
        var service = await ServiceAsync("script");
        var before = Revision(service);

        Assert.Equal(before, Revision(await ServiceAsync("script")));
        service.Spec = service.Spec with { Replicas = 7, MaxQueueWaitMs = 1, AutoScaler = new() { MaxReplicas = 99 }, Rollout = new() { MaxSurge = 5 } };
        Assert.Equal(before, Revision(service));
        service.Spec = service.Spec with { WorkerCount = 9 };
        Assert.NotEqual(before, Revision(service));
    }

    [Theory]
    [InlineData(1, 1, 1, false, 1, 0)]
    [InlineData(2, 1, 1, false, 1, 1)]
    [InlineData(2, 1, 5, false, 1, 1)]
    [InlineData(5, 0, 2, false, 0, 2)]
    [InlineData(1, 0, 1, false, 0, 1)]
    [InlineData(3, 2, 0, false, 2, 0)]
    [InlineData(1, 1, 1, true, 0, 1)]
    [InlineData(4, 2, 0, true, 0, 1)]
    public async Task Strategy_KeepsOneReplicaReady_WhenItMaySurge(
        int replicas, int maxSurge, int maxUnavailable, bool inPlace, int surge, int unavailable)
    {
        var service = await ServiceAsync("minimal");
        service.Spec = service.Spec with
        {
            Replicas = replicas,
            Rollout = new() { MaxSurge = maxSurge, MaxUnavailable = maxUnavailable },
        };

        var strategy = DeploymentManifest.Build(service, Old, inPlace).Spec.Strategy.RollingUpdate;

        Assert.Equal((surge.ToString(), unavailable.ToString()), (strategy.MaxSurge.ToString(), strategy.MaxUnavailable.ToString()));
    }

    [Fact]
    public void NewKey_Is32LettersAndDigits()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => KeysSecretManifest.NewKey()).ToList();

        Assert.All(keys, key => Assert.Matches("^[A-Za-z0-9]{32}$", key));
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    private static string Revision(ScoringServiceResource service) =>
        DeploymentManifest.Build(service, Old, inPlace: false).Spec.Template.Metadata.Labels[Names.RevisionLabel];

    private static async Task<ScoringServiceResource> ServiceAsync(string name) => YamlObjects.Read<ScoringServiceResource>(
        await File.ReadAllTextAsync(Path.Combine(GoldenFile.Repository, Folder, name, "input.yaml")));

    private static string Yaml<T>(T value) => KubernetesYaml.Serialize(value).ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
