using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>A real cluster with Fairlead installed from its manifests, a namespace for services, and a server in the cluster
/// that gives out the files of the samples. All of it is removed at the end.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    /// <summary>The files that the server in the cluster gives out, by their names there.</summary>
    private static readonly Dictionary<string, string> Files = new()
    {
        ["iris.onnx"] = Sample("iris-onnx/model.onnx"),
        ["digits.onnx"] = Sample("digits-onnx/model.onnx"),
        ["score.py"] = Sample("slow/score.py"),
        ["version.py"] = Path.Combine(Repository.Root, "tests", "Fairlead.Cluster.Tests", "Scripts", "version.py"),
        ["hog.py"] = Path.Combine(Repository.Root, "tests", "Fairlead.Cluster.Tests", "Scripts", "hog.py"),
    };

    private static readonly TimeSpan PodLimit = TimeSpan.FromMinutes(2);

    // A namespace with pods in it is looked at again after half their grace period, which is 120 s for gateways.
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(170);

    /// <summary>Where Fairlead itself is installed.</summary>
    public const string SystemNamespace = "fairlead-system";

    /// <summary>Of the gateways: shorter than it comes, so that tests see services shrink.</summary>
    public static readonly TimeSpan ScaleDownWindow = TimeSpan.FromSeconds(10);

    /// <summary>Namespace of the services.</summary>
    public string Namespace { get; } = "fairlead-test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));

    /// <summary>Fairlead's image, as nodes pull it.</summary>
    public string Image { get; } = Required("FAIRLEAD_TEST_IMAGE");

    /// <summary>Base of the URLs of the samples' files, from inside the cluster.</summary>
    public string FilesUrl { get; private set; } = "";

    private string Overlay { get; } = Path.Combine(Repository.Root, "artifacts", "kubernetes-test");

    public static string Sample(string path) => Path.Combine(Repository.Root, "samples", path);

    private static string Sha256Of(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public async ValueTask InitializeAsync()
    {
        await InstallAsync();
        await Kubectl.RunAsync("create", "namespace", Namespace);
        await ServeFilesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Both are waited for: the next tests install Fairlead into the same namespace, and compare what the cluster holds.
        await Kubectl.RunAsync("delete", "namespace", Namespace, "--wait=true", $"--timeout={RemovalLimit.TotalSeconds}s");
        await Kubectl.RunAsync("delete", "-k", Overlay, "--wait=true", $"--timeout={RemovalLimit.TotalSeconds}s");
    }

    /// <summary>A file to download, as YAML.</summary>
    public string FileYaml(string name) => $"{{url: \"{FilesUrl}/{name}\", sha256: {Sha256Of(Files[name])}}}";

    public Task<JsonNode> WaitForServiceAsync(string name, string what, Func<JsonNode, bool> isSo, int seconds = 90) => Kubectl.WaitForAsync(
        $"/apis/fairlead.dev/v1/namespaces/{Namespace}/scoringservices", $"fieldSelector=metadata.name={name}", $"{what} of {name}",
        (type, value) => type != "DELETED" && value["status"] is { } status && isSo(status)
            && (long?)status["observedGeneration"] == (long?)value["metadata"]!["generation"],
        TimeSpan.FromSeconds(seconds));

    public Task<JsonNode> WaitUntilHealthyAsync(string name, int seconds = 90) => WaitForServiceAsync(
        name, "health", status => (string?)status["state"] == "Healthy" && status["error"] is null && (string?)status["revision"] == (string?)status["servingRevision"], seconds);

    /// <summary>Applies a service; <paramref name="spec"/> is YAML, indented as the text is.</summary>
    public Task ApplyServiceAsync(string name, string spec) => Kubectl.ApplyAsync(
        $"apiVersion: fairlead.dev/v1\nkind: ScoringService\nmetadata: {{name: {name}, namespace: {Namespace}}}\nspec:\n"
        + string.Join('\n', spec.Split('\n').Select(line => "  " + line)));

    public Task DeleteServiceAsync(string name) => Kubectl.RunAsync("-n", Namespace, "delete", "fls", name, "--wait=true");

    public static async Task<List<JsonNode>> GatewayPodsAsync() => [.. (await Kubectl.GetAsync(
        "-n", SystemNamespace, "pods", "-l", "fairlead.dev/role=gateway", "--field-selector=status.phase=Running"))["items"]!.AsArray()
        .Select(item => item!).Where(pod => pod["metadata"]!["deletionTimestamp"] is null)];

    /// <summary>URL of a service at the gateways, from inside the cluster; by number, for clusters without DNS.</summary>
    public static async Task<string> ScoringUrlAsync(string service) => "http://"
        + (string)(await Kubectl.GetAsync("-n", SystemNamespace, "service", "fairlead-gateway"))["spec"]!["clusterIP"]! + $"/api/v1/service/{service}/score";

    public async Task<string> KeyAsync(string service) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(
        (string)(await Kubectl.GetAsync("-n", Namespace, "secret", service + "-keys"))["data"]!["primaryKey"]!));

    public async Task<List<JsonNode>> PodsAsync(string service) =>
        [.. (await Kubectl.GetAsync("-n", Namespace, "pods", "-l", $"fairlead.dev/service={service}"))["items"]!.AsArray().Select(item => item!)];

    private async Task InstallAsync()
    {
        Directory.CreateDirectory(Overlay);
        var at = Image.LastIndexOf(':');
        var manifests = (await Kubectl.TryAsync(null, "get", "--raw", "/apis/policy/v1")).Code == 0 ? "kubernetes" : "kubernetes-1.20";
        await File.WriteAllTextAsync(Path.Combine(Overlay, "kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [../../deploy/{manifests}]
            images:
              - name: registry.example.com/fairlead
                newName: {Image[..at]}
                newTag: "{Image[(at + 1)..]}"
            """);
        await Kubectl.RunAsync("apply", "-k", Overlay);
        await Kubectl.RunAsync("-n", SystemNamespace, "set", "env", "deployment/fairlead-gateway", $"FAIRLEAD_Gateway__ScaleDownWindow={ScaleDownWindow}");
        await Kubectl.RunAsync("-n", SystemNamespace, "rollout", "status", "deployment/fairlead-operator", "--timeout=120s");
        await Kubectl.RunAsync("-n", SystemNamespace, "rollout", "status", "deployment/fairlead-gateway", "--timeout=120s");
    }

    private async Task ServeFilesAsync()
    {
        await Kubectl.RunAsync([
            "-n", Namespace, "create", "configmap", "files", .. Files.Select(file => $"--from-file={file.Key}={file.Value}")]);
        await Kubectl.ApplyAsync($$$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: files, namespace: {{{Namespace}}}, labels: {app: files}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
                - name: server
                  image: {{{Image}}}
                  command: [python3, -m, http.server, "8000", -d, /files]
                  readinessProbe: {httpGet: {path: /, port: 8000}, periodSeconds: 1}
                  volumeMounts: [{name: files, mountPath: /files}]
              volumes: [{name: files, configMap: {name: files}}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: files, namespace: {{{Namespace}}}}
            spec: {selector: {app: files}, ports: [{port: 80, targetPort: 8000}]}
            """);
        await Kubectl.RunAsync("-n", Namespace, "wait", "--for=condition=Ready", "pod/files", $"--timeout={PodLimit.TotalSeconds}s");

        // By number: a test cluster may have no DNS of its own.
        FilesUrl = "http://" + (string)(await Kubectl.GetAsync("-n", Namespace, "service", "files"))["spec"]!["clusterIP"]!;
    }

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set: run these tests with ./test.sh kubernetes.");
}

[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
