using System.Text.RegularExpressions;

namespace Fairlead.Host.Tests.Telemetry;

/// <summary>A row of the table in docs/metrics.md.</summary>
internal sealed partial record DocumentedMetric(string Instrument, string Kind, string Unit, string Prometheus)
{
    public static IReadOnlyList<DocumentedMetric> All { get; } =
    [
        .. Row().Matches(File.ReadAllText(PathOf("docs", "metrics.md"))).Select(static match => new DocumentedMetric(
            match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value)),
    ];

    /// <summary>Names of its series.</summary>
    public IEnumerable<string> Series => Kind == "histogram"
        ? [Prometheus + "_bucket", Prometheus + "_sum", Prometheus + "_count"]
        : [Prometheus];

    public static string PathOf(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Not inside a checkout.");
        }

        return Path.Combine([folder.FullName, .. parts]);
    }

    [GeneratedRegex(@"^\| `([a-z._]+)` \| (\w+) \| `([^`]+)` \| `([a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
