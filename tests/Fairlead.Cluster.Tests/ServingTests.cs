using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>kubectl apply alone, without a workspace, serves models.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ServingTests(ClusterFixture cluster)
{
    [Fact]
    public async Task OnnxModel_ByUrl_IsServed()
    {
        await cluster.ApplyServiceAsync("iris", $$$"""
            models:
              - {name: iris, framework: Onnx, files: [{{{cluster.FileYaml("iris.onnx")}}}]}
            """);

        var healthy = await cluster.WaitUntilHealthyAsync("iris");

        Assert.All(
            new[] { "Ready", "Schedulable", "ImagePulled", "ModelsReady" },
            type => Assert.Equal("True", ConditionOf(healthy, type)));
        Assert.Equal("False", ConditionOf(healthy, "Progressing"));
        await using var pod = await PortForward.ToAsync(cluster.Namespace, Assert.Single(await cluster.PodsAsync("iris")));
        var answer = await pod.ScoreAsync(await File.ReadAllTextAsync(ClusterFixture.Sample("iris-onnx/request.json")));
        Assert.Equal("[2,1,0,1,1,0]", answer["result"]!.ToJsonString());
        await cluster.DeleteServiceAsync("iris");
    }

    [Fact]
    public async Task EntryScript_ByUrl_IsServedWithItsVariables()
    {
        await Kubectl.RunAsync("-n", cluster.Namespace, "create", "secret", "generic", "login", "--from-literal=password=open sesame");
        await cluster.ApplyServiceAsync("script", $$$"""
            entryScript: score.py
            source: {files: [{{{cluster.FileYaml("score.py")}}}]}
            environmentVariables: {GREETING: "hello $(HOME)"}
            env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}} }]
            resources: {cpu: 0.05, memoryInGB: 0.125, cpuLimit: 0.5, memoryInGBLimit: 0.25}
            """);

        await cluster.WaitUntilHealthyAsync("script");

        var pod = Assert.Single(await cluster.PodsAsync("script"));
        await using var forward = await PortForward.ToAsync(cluster.Namespace, pod);
        Assert.Equal("[1,4,9]", (await forward.ScoreAsync("""{"data": [1, 2, 3], "seconds": 0}"""))["result"]!.ToJsonString());
        var name = (string)pod["metadata"]!["name"]!;
        Assert.Equal(
            "hello $(HOME)|open sesame|10001\n",
            await Kubectl.RunAsync("-n", cluster.Namespace, "exec", name, "-c", "scoring", "--", "sh", "-c", "echo \"$GREETING|$PASSWORD|$(id -u)\""));
        var container = pod["spec"]!["containers"]![0]!;
        Assert.Equal("""{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"50m","memory":"128Mi"}}""", container["resources"]!.ToJsonString());
        Assert.DoesNotContain("serviceaccount", pod["spec"]!.ToJsonString(), StringComparison.Ordinal);
        var (code, _, _) = await Kubectl.TryAsync(null, "-n", cluster.Namespace, "exec", name, "-c", "scoring", "--", "touch", "/here");
        Assert.NotEqual(0, code);
        await cluster.DeleteServiceAsync("script");
    }

    [Fact]
    public async Task Models_FromAVolume_AreServedWithoutACopy()
    {
        var folder = "/tmp/" + cluster.Namespace;
        await Kubectl.ApplyAsync($$$"""
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: {{{cluster.Namespace}}}}
            spec:
              capacity: {storage: 1Mi}
              accessModes: [ReadWriteMany]
              storageClassName: ""
              claimRef: {name: models, namespace: {{{cluster.Namespace}}}}
              hostPath: {path: {{{folder}}}, type: DirectoryOrCreate}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: models, namespace: {{{cluster.Namespace}}}}
            spec:
              accessModes: [ReadWriteMany]
              storageClassName: ""
              volumeName: {{{cluster.Namespace}}}
              resources: {requests: {storage: 1Mi}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: fill, namespace: {{{cluster.Namespace}}}}
            spec:
              restartPolicy: Never
              securityContext: {runAsUser: 0}
              containers:
                - name: fill
                  image: {{{cluster.Image}}}
                  command: [sh, -c, "mkdir -p /models/iris/7 /models/digits && cp /files/iris.onnx /models/iris/7/model.onnx && cp /files/digits.onnx /models/digits/model.onnx"]
                  volumeMounts: [{name: models, mountPath: /models}, {name: files, mountPath: /files}]
              volumes:
                - {name: models, persistentVolumeClaim: {claimName: models}}
                - {name: files, configMap: {name: files}}
            """);
        await Kubectl.WaitForAsync(
            $"/api/v1/namespaces/{cluster.Namespace}/pods", "fieldSelector=metadata.name=fill", "the end of the filling pod",
            (_, pod) => (string?)pod["status"]?["phase"] == "Succeeded", TimeSpan.FromSeconds(60));

        await cluster.ApplyServiceAsync("volume", """
            models:
              - {name: iris, version: 7, framework: Onnx, persistentVolumeClaim: {claimName: models, path: iris/7}}
              - {name: digits, version: 2, framework: Onnx, persistentVolumeClaim: {claimName: models, path: digits}}
            """);
        await cluster.WaitUntilHealthyAsync("volume");

        await using (var pod = await PortForward.ToAsync(cluster.Namespace, Assert.Single(await cluster.PodsAsync("volume"))))
        {
            var metadata = JsonNode.Parse(await pod.Client.GetStringAsync("/v2/models/iris"))!;
            Assert.Equal("[\"7\"]", metadata["versions"]!.ToJsonString());
            Assert.Equal("[\"2\"]", JsonNode.Parse(await pod.Client.GetStringAsync("/v2/models/digits"))!["versions"]!.ToJsonString());
        }

        await cluster.DeleteServiceAsync("volume");
        await Kubectl.RunAsync("delete", "persistentvolume", cluster.Namespace, "--wait=false");
    }

    private static string? ConditionOf(JsonNode service, string type) => (string?)service["status"]!["conditions"]!.AsArray()
        .Single(condition => (string?)condition!["type"] == type)!["status"];
}
