using System.Text;

namespace Fairlead.Client.Ignoring;

/// <summary>The patterns of one ignore file.</summary>
internal sealed class IgnoreFile
{
    private readonly IReadOnlyList<IgnorePattern> _lastFirst;

    private IgnoreFile(IReadOnlyList<IgnorePattern> lastFirst) => _lastFirst = lastFirst;

    public static IgnoreFile Parse(string content, string name)
    {
        var patterns = new List<IgnorePattern>();
        var number = 0;
        foreach (var line in content.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (line.StartsWith('#'))
            {
                continue;
            }

            var pattern = TrimEnd(line.EndsWith('\r') ? line[..^1] : line);
            if (pattern.Length > 0)
            {
                patterns.Add(IgnorePattern.Parse(pattern, $"{name} line {number}: {pattern}"));
            }
        }

        patterns.Reverse();
        return new IgnoreFile(patterns);
    }

    /// <summary>The last pattern that matches: it decides. Null when none does.</summary>
    public IgnorePattern? Find(ReadOnlySpan<byte> path, bool isFolder)
    {
        foreach (var pattern in _lastFirst)
        {
            if (pattern.Matches(path, isFolder))
            {
                return pattern;
            }
        }

        return null;
    }

    public static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    // Blanks at the end do not count, unless a backslash stands before them.
    private static string TrimEnd(string line)
    {
        var end = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                if (++i == line.Length)
                {
                    return line;
                }

                end = i + 1;
            }
            else if (line[i] != ' ')
            {
                end = i + 1;
            }
        }

        return line[..end];
    }
}
