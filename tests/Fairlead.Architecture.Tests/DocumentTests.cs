using System.Text.RegularExpressions;

namespace Fairlead.Architecture.Tests;

/// <summary>What the documents point to exists.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(), "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.PathOf("samples"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.PathOf(), path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadToFilesThatExist(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;

        var broken = Link().Matches(File.ReadAllText(Repository.PathOf(document))).Select(match => match.Groups["path"].Value)
            .Where(path => path.Length > 0 && !path.Contains("://", StringComparison.Ordinal))
            .Where(path => !Path.Exists(Path.Combine(folder, path)));

        Assert.Empty(broken);
    }

    [Fact]
    public void ScoringContract_NamesTestsThatExist()
    {
        var rows = TestLink().Matches(File.ReadAllText(Repository.PathOf("docs", "scoring-contract.md")));

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(
            $@"public (async )?Task {row.Groups["test"].Value}\(|public void {row.Groups["test"].Value}\(",
            File.ReadAllText(Repository.PathOf("docs", row.Groups["path"].Value))));
    }

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[\w+\.(?<test>\w+)\]\((?<path>[^)]+)\)")]
    private static partial Regex TestLink();
}
