using CsCheck;
using Fairlead.Client.Ignoring;
using Fairlead.Client.Snapshots;

namespace Fairlead.Client.Tests.Ignoring;

/// <summary>The ignore rules against git itself.</summary>
public sealed class IgnoreRulesTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "ab", "abc", "x.py", "b.pyc", "a b", "é", "[a]", "-", "a]", "foo", "!a", "#a");

    private static readonly Gen<string> FilePath = Name.Array[1, 4].Select(parts => string.Join('/', parts));

    private static readonly Gen<string> Piece = Gen.OneOf(
        "a", "b", "ab", "foo", "*", "**", "?", "*.py", "*.pyc", "[ab]", "[!a]", "[^b]", "[a-c]*", "[]a]", "[[:alpha:]]", "[[:foo:]]",
        "\\*", "\\a", "a\\", "a*", "*b", "é", "??", "[", "[a", "a**", "**b", "\\[a\\]", "a\\ b", "[a-", "[\\]]", "***", "!a", "\\!a", "\\#a", "x.py");

    private static readonly Gen<string> Pattern =
        from negated in Gen.Int[0, 4]
        from rooted in Gen.Int[0, 4]
        from pieces in Piece.Array[1, 4]
        from separator in Gen.Int[0, 3]
        from end in Gen.OneOf("", "", "", "/", " ", "  ", "\\ ", "\r", "/ ", "/**", "/*")
        select (negated == 0 ? "!" : "") + (rooted == 0 ? "/" : "")
            + string.Join(separator == 0 ? "" : "/", pieces) + end;

    private static readonly Gen<string> IgnoreText = Gen.OneOf(Pattern, Gen.OneOf("", "# note", "*", "!*/", "!*.py"))
        .Array[1, 6].Select(lines => string.Join('\n', lines));

    [Fact]
    public void Build_AnyTreeAndNestedIgnoreFiles_TakesWhatGitWouldAdd() =>
        Gen.Select(FilePath.Array[1, 12], IgnoreText, IgnoreText, Name).Sample(
            (paths, root, nested, nestedIn) =>
            {
                using var git = new GitOracle();
                foreach (var path in paths)
                {
                    WriteWherePossible(git, path, "x");
                }

                WriteWherePossible(git, ".gitignore", root);
                if (Directory.Exists(Path.Combine(git.Folder.Path, nestedIn)))
                {
                    WriteWherePossible(git, nestedIn + "/.gitignore", nested);
                }

                var ours = SnapshotBuilder.Build(git.Folder.Path, new SnapshotOptions()).Files.Select(file => file.Path);

                Assert.Equal(git.NotIgnored().Order(StringComparer.Ordinal), ours);
            },
            iter: 250,
            threads: 2);

    [Fact]
    public void WhyIgnored_AnyPatternAndPath_IsWhatGitSays() =>
        Gen.Select(FilePath.Array[20, 40], IgnoreText).Sample(
            (paths, text) =>
            {
                using var git = new GitOracle();
                git.Folder.File(".gitignore", text);
                var asked = paths.Distinct().ToList();
                var theirs = git.Ignored(asked);
                var rules = IgnoreRules.ForRoot(git.Folder.Path, enabled: true);

                foreach (var path in asked)
                {
                    Assert.True(
                        theirs.Contains(path) == IsIgnored(rules, path),
                        $"path '{path}', rules:\n{text}\ngit: {theirs.Contains(path)}");
                }
            },
            iter: 250,
            threads: 2);

    [Theory]
    [InlineData("a**/b", "ax/y/b")]
    [InlineData("**/b", "b")]
    [InlineData("a/**/b", "a/b")]
    [InlineData("a/**", "a/x/y")]
    [InlineData("[]a]", "]")]
    [InlineData("[!]a]", "x")]
    [InlineData("[[:digit:]x-z]", "5")]
    [InlineData("foo\\ ", "foo ")]
    [InlineData("?", "é")]
    [InlineData("??", "é")]
    public void WhyIgnored_CornerOfTheSyntax_IsWhatGitSays(string pattern, string path)
    {
        using var git = new GitOracle();
        git.Folder.File(".gitignore", pattern + "\n");

        var ours = IsIgnored(IgnoreRules.ForRoot(git.Folder.Path, enabled: true), path);

        Assert.Equal(git.Ignored([path]).Contains(path), ours);
    }

    [Fact]
    public async Task Matches_ManyStars_EndsSoon()
    {
        var glob = Glob.Parse("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"u8, pathMode: true);

        var match = Task.Run(() => glob.Matches(System.Text.Encoding.UTF8.GetBytes(new string('a', 2000))));

        Assert.False(await match.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    // A path's folders are asked first: what an ignored one holds is ignored.
    private static bool IsIgnored(IgnoreRules rules, string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (rules.WhyIgnored(path[..slash], isFolder: true) is not null)
            {
                return true;
            }
        }

        return rules.WhyIgnored(path, isFolder: false) is not null;
    }

    // Two random paths can want the same name as file and folder: the first has it.
    private static void WriteWherePossible(GitOracle git, string path, string content)
    {
        try
        {
            git.Folder.File(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not this one then.
        }
    }
}
