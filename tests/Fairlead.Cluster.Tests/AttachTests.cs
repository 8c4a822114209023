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

        Assert.Equal(before, await ClusterObjects.ListAsync());
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

    /// <summary>The purpose stands last.</summary>
    private static string[] AttachLine(string name) =>
    [
        "computetarget", "attach", "kubernetes", "-n", name, "--kubeconfig", Kubeconfig, "--image", Image,
        "--load-balancer-type", "ClusterIP", "--cluster-purpose", "DevTest",
    ];
}
