
namespace Fairlead.Client.Ignoring;

/// <summary>Turns the text of a pattern into tokens; null when it is malformed.</summary>
internal static class GlobParser
{
    public static IReadOnlyList<GlobToken>? Parse(ReadOnlySpan<byte> pattern, bool pathMode)
    {
        var tokens = new List<GlobToken>();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case (byte)'\\':
                    if (++i == pattern.Length)
                    {
                        return null;
                    }

                    tokens.Add(new GlobToken(GlobTokenKind.Byte, pattern[i]));
                    break;
                case (byte)'?':
                    tokens.Add(new GlobToken(GlobTokenKind.Set, Set: AllBut(pathMode ? (byte)'/' : null)));
                    break;
                case (byte)'*':
                    i = AddStars(pattern, i, pathMode, tokens);
                    break;
                case (byte)'[':
                    if (GlobSet.Parse(pattern, ref i) is not { } set)
                    {
                        return null;
                    }

                    if (pathMode)
                    {
                        set['/'] = false;
                    }

                    tokens.Add(new GlobToken(GlobTokenKind.Set, Set: set));
                    break;
                default:
                    tokens.Add(new GlobToken(GlobTokenKind.Byte, pattern[i]));
                    break;
            }
        }

        return tokens;
    }

    // Returns the index of the last byte taken.
    private static int AddStars(ReadOnlySpan<byte> pattern, int start, bool pathMode, List<GlobToken> tokens)
    {
        var end = start;
        while (end < pattern.Length && pattern[end] == '*')
        {
            end++;
        }

        if (!pathMode)
        {
            tokens.Add(new GlobToken(GlobTokenKind.Everything));
            return end - 1;
        }

        var rest = pattern[end..];
        var alone = end - start > 1
            && (start == 0 || pattern[start - 1] == '/')
            && (rest.IsEmpty || rest[0] == '/' || rest.StartsWith("\\/"u8));
        if (!alone)
        {
            tokens.Add(new GlobToken(GlobTokenKind.Star));
            return end - 1;
        }

        if (rest.StartsWith("/"u8))
        {
            tokens.Add(new GlobToken(GlobTokenKind.Folders));
            return end;
        }

        tokens.Add(new GlobToken(GlobTokenKind.Everything));
        return end - 1;
    }

    private static bool[] AllBut(byte? excluded)
    {
        var set = new bool[256];
        Array.Fill(set, true);
        if (excluded is { } value)
        {
            set[value] = false;
        }

        return set;
    }

}
