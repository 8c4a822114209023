namespace Fairlead.Client.Ignoring;

/// <summary>
/// A pattern as ignore files use it, over UTF-8 bytes, since that is what git matches: <c>?</c> is one byte, not one
/// letter.
/// </summary>
internal sealed class Glob
{
    private readonly IReadOnlyList<GlobToken>? _tokens;

    private Glob(IReadOnlyList<GlobToken>? tokens) => _tokens = tokens;

    /// <summary>Reads a pattern. A malformed one (an open bracket, a lone backslash at its end) matches nothing.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="pathMode">Whether the text is a path, in which only <c>**</c> crosses slashes.</param>
    public static Glob Parse(ReadOnlySpan<byte> pattern, bool pathMode) => new(GlobParser.Parse(pattern, pathMode));

    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (_tokens is null)
        {
            return false;
        }

        // Which (token, position) pairs are known to fail: keeps patterns with many stars from taking forever.
        var failed = new bool[(_tokens.Count + 1) * (text.Length + 1)];
        return Matches(0, text, 0, failed);
    }

    private bool Matches(int token, ReadOnlySpan<byte> text, int position, bool[] failed)
    {
        var cell = (token * (text.Length + 1)) + position;
        if (failed[cell])
        {
            return false;
        }

        if (token == _tokens!.Count)
        {
            return position == text.Length;
        }

        var current = _tokens[token];
        var matched = current.Kind switch
        {
            GlobTokenKind.Byte => position < text.Length
                && text[position] == current.Byte && Matches(token + 1, text, position + 1, failed),
            GlobTokenKind.Set => position < text.Length
                && current.Set![text[position]] && Matches(token + 1, text, position + 1, failed),
            GlobTokenKind.Star => Matches(token + 1, text, position, failed)
                || (position < text.Length && text[position] != '/' && Matches(token, text, position + 1, failed)),
            GlobTokenKind.Everything => Matches(token + 1, text, position, failed)
                || (position < text.Length && Matches(token, text, position + 1, failed)),
            GlobTokenKind.Folders => Matches(token + 1, text, position, failed)
                || MatchesBehindASlash(token + 1, text, position, failed),
        };
        failed[cell] = !matched;
        return matched;
    }

    private bool MatchesBehindASlash(int token, ReadOnlySpan<byte> text, int position, bool[] failed)
    {
        for (var i = position; i < text.Length; i++)
        {
            if (text[i] == '/' && Matches(token, text, i + 1, failed))
            {
                return true;
            }
        }

        return false;
    }
}
