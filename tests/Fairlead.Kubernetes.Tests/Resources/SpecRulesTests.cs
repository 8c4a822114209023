using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Tests.Golden;

namespace Fairlead.Kubernetes.Tests.Resources;

public sealed class SpecRulesTests
{
    private const string Model = "{name: m, framework: Onnx, files: [{url: 'https://x.example/m.onnx', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]}";

    [Fact]
    public void Defaults_WithAModel_AreAllowed() => Assert.Empty(Check("models: [" + Model + "]"));

    [Fact]
    public void Endpoint_WithVersions_IsAllowedWithoutAModel() =>
        Assert.Empty(Check("traffic: {versions: [{name: a, service: iris-a, trafficPercentile: 2.5}, {name: b, service: iris-b, trafficPercentile: 97.5}]}"));

    [Theory]
    [InlineData("versions: []", "spec.traffic.versions")]
    [InlineData("versions: [{name: a, service: a}, {name: b, service: b}, {name: c, service: c}, {name: d, service: d}, {name: e, service: e}, {name: f, service: f}, {name: g, service: g}]", "spec.traffic.versions")]
    [InlineData("versions: [{name: a, service: a}, {name: a, service: b}]", "spec.traffic.versions[1].name")]
    [InlineData("versions: [{name: a}]", "spec.traffic.versions[0].service")]
    [InlineData("versions: [{name: a, service: a, trafficPercentile: -1}]", "spec.traffic.versions[0].trafficPercentile")]
    [InlineData("versions: [{name: a, service: a, trafficPercentile: 60}, {name: b, service: b, trafficPercentile: 40.1}]", "spec.traffic.versions")]
    [InlineData("versions: [{name: a, service: a, isControl: true}, {name: b, service: b, isControl: true}]", "spec.traffic.versions")]
    [InlineData("versions: [{name: a, service: a}]\n  defaultVersion: b", "spec.traffic.defaultVersion")]
    [InlineData("versions: [{name: a, service: a}]\n  stickyHeader: ''", "spec.traffic.stickyHeader")]
    public void Traffic_OutOfBounds_IsNamed(string yaml, string field)
    {
        var problem = Assert.Single(Check("traffic:\n  " + yaml));

        Assert.Equal(field, problem.Target);
        Assert.StartsWith($"'{field}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Traffic_BesideAModel_IsNamed() => Assert.Equal(
        "spec.traffic", Assert.Single(Check($"models: [{Model}]\ntraffic: {{versions: [{{name: a, service: a}}]}}")).Target);

    [Theory]
    [InlineData("replicas: -1", "spec.replicas")]
    [InlineData("replicas: 1001", "spec.replicas")]
    [InlineData("autoScaler: {minReplicas: 5, maxReplicas: 2}", "spec.autoScaler.minReplicas")]
    [InlineData("autoScaler: {targetUtilization: 101}", "spec.autoScaler.targetUtilization")]
    [InlineData("authEnabled: true\ntokenAuthEnabled: true", "spec.tokenAuthEnabled")]
    [InlineData("tokenIssuers: [{issuer: 'https://login.example', audience: iris}]", "spec.tokenIssuers")]
    [InlineData("authEnabled: false\ntokenAuthEnabled: true\ntokenIssuers: [{issuer: 'http://login.example', audience: iris}]", "spec.tokenIssuers[0].issuer")]
    [InlineData("rollout: {maxSurge: 0, maxUnavailable: 0}", "spec.rollout")]
    [InlineData("scoringTimeoutMs: 86400001", "spec.scoringTimeoutMs")]
    [InlineData("workerCount: 0", "spec.workerCount")]
    [InlineData("resources: {cpu: 0}", "spec.resources.cpu")]
    [InlineData("resources: {cpu: 2, cpuLimit: 1}", "spec.resources.cpuLimit")]
    [InlineData("resources: {memoryInGB: 2, memoryInGBLimit: 1}", "spec.resources.memoryInGBLimit")]
    [InlineData("livenessProbe: {periodSeconds: 0}", "spec.livenessProbe.periodSeconds")]
    [InlineData("entryScript: ../score.py", "spec.entryScript")]
    [InlineData("entryScript: /score.py", "spec.entryScript")]
    [InlineData("source: {files: [{url: 'ftp://x/y', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]}", "spec.source.files[0].url")]
    [InlineData("source: {files: [{url: 'https://x.example/', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]}", "spec.source.files[0].path")]
    [InlineData("source: {files: [{url: 'https://x.example/a', sha256: short}]}", "spec.source.files[0].sha256")]
    [InlineData("source: {files: [{url: 'https://x.example/a', path: ../b, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]}", "spec.source.files[0].path")]
    [InlineData("source: {persistentVolumeClaim: {claimName: c, path: ../b}}", "spec.source.persistentVolumeClaim.path")]
    public void Value_OutOfBounds_IsNamed(string yaml, string field)
    {
        var problem = Assert.Single(Check($"models: [{Model}]\n{yaml}"));

        Assert.Equal(field, problem.Target);
        Assert.Contains($"'{field}", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "spec")]
    [InlineData("models: [{name: m, framework: TensorFlow, persistentVolumeClaim: {claimName: c}}]", "spec.models[0].framework")]
    [InlineData("models: [{name: m, persistentVolumeClaim: {claimName: c}}]", "spec.models[0].framework")]
    [InlineData("models: [{name: m, framework: Onnx}]", "spec.models[0]")]
    [InlineData("models: [{name: '-', framework: Onnx, persistentVolumeClaim: {claimName: c}}]", "spec.models[0].name")]
    [InlineData("models: [{name: m, version: 0, framework: Onnx, persistentVolumeClaim: {claimName: c}}]", "spec.models[0].version")]
    [InlineData("models: [{name: m, framework: Onnx, persistentVolumeClaim: {claimName: c}}, {name: m, persistentVolumeClaim: {claimName: d}}]", "spec.models[1]")]
    public void Models_ThatCannotBeServed_AreNamed(string yaml, string field) => Assert.Equal(field, Assert.Single(Check(yaml)).Target);

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-name-that-is-longer-than-thirty-two")]
    public void Name_AgainstTheRule_IsNamed(string name) =>
        Assert.Equal("metadata.name", Assert.Single(SpecRules.Check(name, Spec("models: [" + Model + "]"))).Target);

    [Theory]
    [InlineData(7, true, 2, 5, 5)]
    [InlineData(1, true, 2, 5, 2)]
    [InlineData(3, true, 2, 5, 3)]
    [InlineData(7, false, 2, 5, 7)]
    [InlineData(0, true, 0, 5, 0)]
    public void WantedReplicas_AreWithinTheAutoscalersBounds(int replicas, bool auto, int least, int most, int wanted) => Assert.Equal(
        wanted,
        new ScoringServiceResourceSpec
        {
            Replicas = replicas,
            AutoScaler = new() { AutoscaleEnabled = auto, MinReplicas = least, MaxReplicas = most },
        }.WantedReplicas);

    private static IReadOnlyList<Contracts.Errors.ErrorDetail> Check(string yaml) => SpecRules.Check("name", Spec(yaml));

    private static ScoringServiceResourceSpec Spec(string yaml) => YamlObjects.Read<ScoringServiceResourceSpec>(yaml);
}
