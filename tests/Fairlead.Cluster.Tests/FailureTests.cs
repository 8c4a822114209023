using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>Each documented failure, provoked for real, and what its status says (§1.6, §1.7).</summary>
[Collection(ClusterCollection.Name)]
public sealed class FailureTests(ClusterFixture cluster)
{
    private const string NoDigest = "0000000000000000000000000000000000000000000000000000000000000000";

    private string Iris => $$$"""models: [{name: iris, framework: Onnx, files: [{{{cluster.FileYaml("iris.onnx")}}}]}]""";

    [Fact]
    public async Task Image_ThatIsNotThere_IsImagePullBackOff()
    {
        var error = await FailAsync("noimage", $"{Iris}\nimage: {cluster.Image.Split('/')[0]}/nothing:here", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "ImagePullBackOff", "nothing:here");
        await CheckConditionAsync("noimage", "ImagePulled", "False", "nothing:here");
    }

    [Fact]
    public async Task Init_ThatRaises_IsCrashLoopBackOffWithTheEndOfTheLog()
    {
        await cluster.ApplyServiceAsync("crash", $$$"""
            entryScript: other.py
            source: {files: [{{{cluster.FileYaml("score.py")}}}]}
            """);

        var error = await WaitForErrorAsync("crash", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "CrashLoopBackOff", "other.py");
        Assert.Contains("exit code 3", (string)error["details"]![0]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cpu_NoNodeHas_IsUnschedulableAndSaysWhatWasAsked()
    {
        var error = await FailAsync("huge", $"{Iris}\nresources: {{cpu: 1000, memoryInGB: 0.5}}", "Unschedulable");

        Check(error, "Unschedulable", 400, "Unschedulable", "Insufficient cpu");
        Assert.Contains("1000 CPU, 0.5 GB of memory", (string)error["message"]!, StringComparison.Ordinal);
        await CheckConditionAsync("huge", "Schedulable", "False", "Insufficient cpu");
    }

    [Fact]
    public async Task Gpu_NoNodeHas_IsUnschedulable()
    {
        var error = await FailAsync("gpu", $"{Iris}\nresources: {{gpu: 1}}", "Unschedulable");

        Check(error, "Unschedulable", 400, "Unschedulable", "Insufficient nvidia.com/gpu");
        Assert.Contains("1 nvidia.com/gpu", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_OfAnotherDigest_IsDigestMismatch()
    {
        var error = await FailAsync(
            "digest", $$$"""models: [{name: iris, framework: Onnx, files: [{url: "{{{cluster.FilesUrl}}}/iris.onnx", sha256: "{{{NoDigest}}}"}]}]""", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "DigestMismatch", NoDigest);
        await CheckConditionAsync("digest", "ModelsReady", "False", "DigestMismatch");
    }

    [Fact]
    public async Task Model_ThatIsNotThere_IsDownloadFailed()
    {
        var error = await FailAsync(
            "missing", $$$"""models: [{name: iris, framework: Onnx, files: [{url: "{{{cluster.FilesUrl}}}/nowhere.onnx", sha256: "{{{NoDigest}}}"}]}]""", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "DownloadFailed", "404");
    }

    [Fact]
    public async Task Memory_OverTheLimit_IsOutOfMemory()
    {
        await cluster.ApplyServiceAsync("hog", $$$"""
            entryScript: hog.py
            source: {files: [{{{cluster.FileYaml("hog.py")}}}]}
            resources: {memoryInGB: 0.1875, memoryInGBLimit: 0.1875}
            """);

        var error = await WaitForErrorAsync("hog", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "OOMKilled", "");
        Assert.Contains("0.1875 GB", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_ThatIsMissing_IsInvalidPod()
    {
        var error = await FailAsync(
            "nosecret", Iris + "\nenv: [{name: X, valueFrom: {secretKeyRef: {name: nosuch, key: x}}}]", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "InvalidPod", "nosuch");
    }

    [Fact]
    public async Task Account_ThatIsMissing_IsInvalidPod()
    {
        var error = await FailAsync("noaccount", Iris + "\nserviceAccountName: nosuch", "Failed");

        Check(error, "KubernetesDeploymentFailed", 400, "InvalidPod", "nosuch");
    }

    [Fact]
    public async Task Spec_AgainstTheSchema_IsRefusedByTheServer()
    {
        var (code, _, error) = await Kubectl.TryAsync(
            $"apiVersion: fairlead.dev/v1\nkind: ScoringService\nmetadata: {{name: wrong, namespace: {cluster.Namespace}}}\nspec: {{replicas: -1, workerCount: many}}",
            "apply", "--validate=false", "-f", "-");

        Assert.NotEqual(0, code);
        Assert.Contains("workerCount", error, StringComparison.Ordinal);
        Assert.Contains("replicas", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spec_AgainstTheRules_IsFailedAndNamesTheField()
    {
        var error = await FailAsync("rules", "rollout: {maxSurge: 0, maxUnavailable: 0}", "Failed");

        Check(error, "InvalidArgument", 400, "InvalidArgument", "spec.rollout.maxSurge");
    }

    [Fact]
    public async Task Update_ThatFails_LeavesTheOldVersionServing()
    {
        await cluster.ApplyServiceAsync("steady", Iris);
        await cluster.WaitUntilHealthyAsync("steady");

        await cluster.ApplyServiceAsync("steady", $"{Iris}\nimage: {cluster.Image.Split('/')[0]}/nothing:here");
        var error = await WaitForErrorAsync("steady", "Healthy");

        Check(error, "KubernetesDeploymentFailed", 400, "ImagePullBackOff", "nothing:here");
        await CheckConditionAsync("steady", "Ready", "True", "");
        await cluster.ApplyServiceAsync("steady", Iris);
        await cluster.WaitUntilHealthyAsync("steady");
        await cluster.DeleteServiceAsync("steady");
    }

    private async Task<JsonNode> FailAsync(string name, string spec, string state)
    {
        await cluster.ApplyServiceAsync(name, spec);
        return await WaitForErrorAsync(name, state);
    }

    private async Task<JsonNode> WaitForErrorAsync(string name, string state)
    {
        var service = await cluster.WaitForServiceAsync(
            name, "the error", status => status["error"] is not null && (string?)status["state"] == state, 120);
        return service["status"]!["error"]!;
    }

    private static void Check(JsonNode error, string code, int status, string cause, string part)
    {
        Assert.Equal(code, (string)error["code"]!);
        Assert.Equal(status, (int)error["statusCode"]!);
        Assert.Equal(cause, (string)error["details"]![0]!["code"]!);
        Assert.Contains(part, error.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task CheckConditionAsync(string name, string type, string status, string part)
    {
        var service = await Kubectl.GetAsync("-n", cluster.Namespace, "fls", name);
        var condition = service["status"]!["conditions"]!.AsArray().Single(item => (string?)item!["type"] == type)!;
        Assert.Equal(status, (string)condition["status"]!);
        Assert.Contains(part, (string)condition["message"]!, StringComparison.Ordinal);
        if (name != "steady")
        {
            await cluster.DeleteServiceAsync(name);
        }
    }
}
