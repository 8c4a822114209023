using System.Text.Json.Nodes;
using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>Clusters attached from a workspace. These tests install Fairlead themselves, so nothing else may run meanwhile.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AttachTests
{
    public const string Name = "attach";

    private static readonly string Image = Environment.GetEnvironmentVariable("FAIRLEAD_TEST_IMAGE")
        ?? throw new InvalidOperationException("FAIRLEAD_TEST_IMAGE is not set: run these tests with ./test.sh kubernetes.");

    /// <summary>A kubelet looks at Secrets of its pods about once a minute.</summary>
    private static readonly TimeSpan SecretSyncLimit = TimeSpan.FromMinutes(3);

    private static readonly string Kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG")!;

    [Fact]
    public async Task Attach_ThenDetach_LeavesTheClusterAsItWas()
    {
        await using var server = await WorkspaceServer.StartAsync();
        var before = await ClusterObjects.ListAsync();

        await server.RunAsync(AttachLine("dev"));

        var made = (await ClusterObjects.ListAsync()).Except(before).ToList();
        Assert.Contains("Deployment/fairlead-system/fairlead-operator", made);
        var listed = await server.JsonAsync("computetarget", "detach", "-n", "dev", "--dry-run");
        Assert.Contains(listed.AsArray(), item => (string?)item!["object"] == "Deployment fairlead-system/fairlead-operator");
        Assert.Equal(made.Count, (await ClusterObjects.ListAsync()).Except(before).Count());

        // Again: in place, with the same identity.
        await server.RunAsync(AttachLine("dev"));
        await using (var other = await WorkspaceServer.StartAsync())
        {
            var (code, _, error) = await other.TryAsync(AttachLine("mine"));
            Assert.Equal(2, code);
            Assert.Contains("compute target 'dev' of workspace 'default'", error);
        }

        await server.RunAsync("computetarget", "detach", "-n", "dev");

        await ClusterObjects.AssertSameAsync(before);
    }

    [Fact]
    public async Task Check_Cluster_SeesItFromBothSides()
    {
        await using var server = await WorkspaceServer.StartAsync();
        var (small, _, why) = await server.TryAsync([.. AttachLine("prod")[..^2], "--cluster-purpose", "FastProd"]);
        Assert.Equal(2, small);
        Assert.Contains("--cluster-purpose DevTest", why);
        var (unpulled, _, error) = await server.TryAsync([.. AttachLine("dev").Select(word => word == Image ? Image + "-not-there" : word)]);
        Assert.Equal(5, unpulled);
        Assert.Contains("cannot pull", error);
        try
        {
            await server.RunAsync(AttachLine("dev"));

            var (code, output, _) = await server.TryAsync("computetarget", "check", "dev", "--host", "nothing.invalid:443");

            Assert.Equal(1, code);
            var checks = JsonNode.Parse(output)!["checks"]!.AsArray();
            Assert.All(["workspace", "registry", "clock"], name => Assert.Contains(
                checks, check => (string?)check!["name"] == name && (string?)check["from"] == "cluster" && (string?)check["outcome"] == "Pass"));
            Assert.Equal(2, checks.Count(check => (string?)check!["name"] == "host" && (string?)check["outcome"] == "Fail"));
        }
        finally
        {
            await server.RunAsync("computetarget", "detach", "-n", "dev");
        }
    }

    [Fact]
    public async Task Deploy_FromAWorkspace_ScoresUpdatesFailsAndGoes()
    {
        await using var server = await WorkspaceServer.StartAsync();
        var before = await ClusterObjects.ListAsync();
        await server.RunAsync(AttachLine("dev"));

        // ONNX without code, scored through the cluster's gateway with the workspace's key.
        await server.RunAsync("model", "register", "-n", "iris", "-p", Sample("iris-onnx/model.onnx"), "--model-framework", "Onnx");
        var iris = await server.JsonAsync("model", "deploy", "-n", "iris", "-m", "iris:1", "--compute-target", "dev");
        Assert.Equal("Healthy", (string?)iris["state"]);
        Assert.StartsWith("http://", (string?)iris["scoringUri"], StringComparison.Ordinal);
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Sample("iris-onnx/expected.json")));
        Assert.NotNull(expected);
        Assert.NotNull(await server.JsonAsync("service", "run", "-n", "iris", "-d", "@" + Sample("iris-onnx/request.json")));

        // A key that is replaced works at once, the old one no more.
        var old = (string)(await server.JsonAsync("service", "get-keys", "-n", "iris"))["primaryKey"]!;
        await server.RunAsync("service", "regen-key", "-n", "iris", "-k", "Primary");
        await server.RunAsync("service", "run", "-n", "iris", "-d", "@" + Sample("iris-onnx/request.json"));
        Assert.NotEqual(old, (string?)(await server.JsonAsync("service", "get-keys", "-n", "iris"))["primaryKey"]);

        // Tokens of the workspace open it too, when it is changed to ask for them; keys no more.
        await server.RunAsync("service", "update", "-n", "iris", "--auth-enabled", "false", "--token-auth-enabled", "true");
        var token = await server.JsonAsync("service", "get-access-token", "-n", "iris");
        Assert.Equal("Bearer", (string?)token["tokenType"]);
        await server.RunAsync("service", "run", "-n", "iris", "-d", "@" + Sample("iris-onnx/request.json"));
        await server.RunAsync("service", "update", "-n", "iris", "--token-auth-enabled", "false", "--auth-enabled", "true");

        // A script from a source directory; a change that fails leaves it serving and tells why.
        var source = Directory.CreateDirectory(Path.Combine(server.Data, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "score.py"), "def init():\n    print('ready to echo')\ndef run(data):\n    return data\n");
        await server.RunAsync("model", "deploy", "-n", "echo", "--es", "score.py", "--sd", source, "--ct", "dev", "--nr", "1");
        var pod = await PodOfAsync("echo");
        await File.WriteAllTextAsync(Path.Combine(source, "score.py"), "def init():\n    raise ValueError('no such model')\ndef run(data):\n    return data\n");
        var (failed, _, why) = await server.TryAsync(
            "model", "deploy", "-n", "echo", "--es", "score.py", "--sd", source, "--ct", "dev", "--nr", "1", "--overwrite");
        Assert.Equal(5, failed);
        Assert.Contains("ValueError: no such model", why);
        Assert.Contains("still here", await server.RunAsync("service", "run", "-n", "echo", "-d", "\"still here\""));
        Assert.Contains("no such model", await server.RunAsync("service", "get-logs", "-n", "echo"));
        Assert.Contains("Downloaded", await server.RunAsync("service", "get-logs", "-n", "echo", "--init"));

        // The log of a pod outlives it.
        await Kubectl.RunAsync("-n", "azureml-default", "delete", "pod", pod, "--wait=true");
        Assert.Contains(pod + " ", await server.RunAsync("service", "get-logs", "-n", "echo"));

        // An endpoint with two versions.
        await server.RunAsync("model", "deploy", "-n", "shop", "-m", "iris:1", "--ct", "dev", "--cp", "aksendpoint", "--vn", "blue", "--nr", "1");
        var versions = await server.JsonAsync(
            "endpoint", "realtime", "create-version", "-n", "shop", "--vn", "green", "-m", "iris:1", "--nr", "1", "--tp", "50");
        Assert.Equal(2, versions["versions"]!.AsArray().Count);
        await server.RunAsync("endpoint", "realtime", "run", "-n", "shop", "-d", "@" + Sample("iris-onnx/request.json"));
        await server.RunAsync("endpoint", "realtime", "update-version", "-n", "shop", "--vn", "green", "--is-default", "true");
        await server.RunAsync("endpoint", "realtime", "delete-version", "-n", "shop", "--vn", "blue");
        await server.RunAsync("endpoint", "realtime", "run", "-n", "shop", "-d", "@" + Sample("iris-onnx/request.json"));
        await server.RunAsync("endpoint", "realtime", "delete", "-n", "shop");

        var (inUse, _, names) = await server.TryAsync("computetarget", "detach", "-n", "dev");
        Assert.Equal(4, inUse);
        Assert.Contains("iris", names);
        await server.RunAsync("service", "delete", "-n", "iris");
        await server.RunAsync("service", "delete", "-n", "echo");
        await server.RunAsync("computetarget", "detach", "-n", "dev");
        await ClusterObjects.AssertSameAsync(before);
    }

    [Fact]
    public async Task Tls_FromFiles_IsServedRenewedAndTakenAway()
    {
        const string name = "models.example.test";
        await using var server = await WorkspaceServer.StartAsync();
        var before = await ClusterObjects.ListAsync();
        var first = Certificates.Write(server.Data, "first", name);
        await server.RunAsync([.. AttachLine("dev")[..^2], "--ssl-cname", name, "--ssl-cert-file", first.Cert, "--ssl-key-file", first.Key, "--cluster-purpose", "DevTest"]);
        var shown = await server.RunAsync("computetarget", "show", "-n", "dev");
        Assert.Contains("\"https://models.example.test\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", shown, StringComparison.Ordinal);
        Assert.Equal(first.Thumbprint, await ServedAsync(name));

        // A new certificate comes without a restart: the gateways follow the Secret.
        var pods = (await ClusterFixture.GatewayPodsAsync()).Select(static pod => (string)pod["metadata"]!["name"]!).ToList();
        var second = Certificates.Write(server.Data, "second", name);
        await server.RunAsync("computetarget", "update", "kubernetes", "-n", "dev", "--ssl-cert-file", second.Cert, "--ssl-key-file", second.Key);
        await GatewayCalls.UntilAsync(
            async () =>
            {
                await Task.Delay(1000);
                return await ServedAsync(name) == second.Thumbprint;
            },
            SecretSyncLimit);
        Assert.Equal(pods, (await ClusterFixture.GatewayPodsAsync()).Select(static pod => (string)pod["metadata"]!["name"]!));

        await server.RunAsync("computetarget", "update", "kubernetes", "-n", "dev", "--ssl-disable");
        Assert.DoesNotContain("https://models", await server.RunAsync("computetarget", "show", "-n", "dev"), StringComparison.Ordinal);
        await server.RunAsync("computetarget", "detach", "-n", "dev");
        await ClusterObjects.AssertSameAsync(before);
    }

    // The thumbprint of what a gateway shows to one who asks for the name.
    private static async Task<string?> ServedAsync(string name)
    {
        await using var forward = await PortForward.ToAsync(ClusterFixture.SystemNamespace, (await ClusterFixture.GatewayPodsAsync())[0], 8443);
        string? thumbprint = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => (thumbprint = certificate!.Thumbprint) is not null,
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{forward.Client.BaseAddress!.Port}/healthz");
        request.Headers.Host = name;
        using var answer = await client.SendAsync(request);
        return thumbprint;
    }

    private static string Sample(string path) => ClusterFixture.Sample(path);

    private static async Task<string> PodOfAsync(string service) => (string)(await Kubectl.GetAsync(
        "-n", "azureml-default", "pods", "-l", "fairlead.dev/service=" + service))["items"]![0]!["metadata"]!["name"]!;

    /// <summary>The purpose stands last.</summary>
    private static string[] AttachLine(string name) =>
    [
        "computetarget", "attach", "kubernetes", "-n", name, "--kubeconfig", Kubeconfig, "--image", Image,
        "--load-balancer-type", "ClusterIP", "--cluster-purpose", "DevTest",
    ];
}
