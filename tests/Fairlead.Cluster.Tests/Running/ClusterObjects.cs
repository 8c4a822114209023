using System.Text.Json.Nodes;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>What a cluster holds, to be compared.</summary>
internal static class ClusterObjects
{
    /// <summary>Kinds that clusters make and drop by themselves at any time.</summary>
    private static readonly string[] Passing = ["events", "events.events.k8s.io", "leases.coordination.k8s.io", "componentstatuses"];

    /// <summary>Every object of every kind, as <c>kind/namespace/name</c>.</summary>
    public static async Task<SortedSet<string>> ListAsync()
    {
        var kinds = (await Kubectl.RunAsync("api-resources", "--verbs=list", "-o", "name"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(kind => kind.Trim()).Except(Passing);
        var list = await Kubectl.GetAsync(string.Join(',', kinds), "--all-namespaces", "--ignore-not-found");
        return new SortedSet<string>(
            (list["items"] as JsonArray ?? []).Select(item =>
                $"{(string?)item!["kind"]}/{(string?)item["metadata"]!["namespace"]}/{(string)item["metadata"]!["name"]!}"),
            StringComparer.Ordinal);
    }

    /// <summary>Fails with the names of the objects that came or went since <paramref name="before"/>.</summary>
    public static async Task AssertSameAsync(SortedSet<string> before)
    {
        var now = await ListAsync();
        Assert.True(
            now.SetEquals(before), $"left over: {string.Join(", ", now.Except(before))}; missing: {string.Join(", ", before.Except(now))}");
    }
}
