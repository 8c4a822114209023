using Fairlead.Cluster.Tests.Running;

namespace Fairlead.Cluster.Tests;

/// <summary>The examples of the documentation are what a server accepts.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ExampleTests(ClusterFixture cluster)
{
    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/kubernetes/examples"), "*.yaml").Select(file => Path.GetFileName(file)!).Order()];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_IsAccepted(string name)
    {
        var output = await Kubectl.RunAsync(
            "-n", cluster.Namespace, "apply", "--dry-run=server", "-f", Path.Combine(Repository.Root, "deploy/kubernetes/examples", name));

        Assert.Contains("scoringservice.fairlead.dev/", output, StringComparison.Ordinal);
    }
}
