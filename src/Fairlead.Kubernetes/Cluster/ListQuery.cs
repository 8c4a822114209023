using System.Globalization;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>What to list or watch.</summary>
/// <param name="Namespace">Null: of all namespaces.</param>
/// <param name="LabelSelector">Null: all.</param>
public sealed record ListQuery(string? Namespace = null, string? LabelSelector = null)
{
    private const int PageSize = 500;

    internal string ForList(string? continueToken) => Build(
        ("limit", PageSize.ToString(CultureInfo.InvariantCulture)), ("continue", continueToken));

    internal string ForWatch(string resourceVersion, TimeSpan limit) => Build(
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("resourceVersion", resourceVersion),
        ("timeoutSeconds", ((int)limit.TotalSeconds).ToString(CultureInfo.InvariantCulture)));

    private string Build(params (string Name, string? Value)[] parts) => "?" + string.Join('&', parts
        .Append(("labelSelector", LabelSelector))
        .Where(part => !string.IsNullOrEmpty(part.Item2))
        .Select(part => part.Item1 + "=" + Uri.EscapeDataString(part.Item2!)));
}
