using System.Text;

namespace Fairlead.Client.Ignoring;

/// <summary>One line of an ignore file.</summary>
internal sealed class IgnorePattern
{
    // The bytes before the first wildcard are compared as they are; what follows is a pattern of its own, as in git.
    private readonly byte[] _literal;
    private readonly Glob? _glob;
    private readonly bool _nameOnly;
    private readonly bool _folderOnly;

    private IgnorePattern(byte[] literal, Glob? glob, bool nameOnly, bool folderOnly, bool negated, string source)
    {
        (_literal, _glob, _nameOnly, _folderOnly) = (literal, glob, nameOnly, folderOnly);
        (IsNegated, Source) = (negated, source);
    }

    /// <summary>Whether it takes back what an earlier one ignored.</summary>
    public bool IsNegated { get; }

    /// <summary>File, line and text, for messages.</summary>
    public string Source { get; }

    public static IgnorePattern Parse(string line, string source)
    {
        ReadOnlySpan<byte> pattern = Encoding.UTF8.GetBytes(line);
        var negated = pattern.StartsWith("!"u8);
        if (negated)
        {
            pattern = pattern[1..];
        }

        var folderOnly = pattern.EndsWith("/"u8);
        if (folderOnly)
        {
            pattern = pattern[..^1];
        }

        var nameOnly = !pattern.Contains((byte)'/');
        if (!nameOnly && pattern[0] == '/')
        {
            pattern = pattern[1..];
        }

        var wildcard = pattern.IndexOfAny("*?[\\"u8);
        var glob = wildcard < 0
            ? null
            : nameOnly ? Glob.Parse(pattern, pathMode: false) : Glob.Parse(pattern[wildcard..], pathMode: true);
        var literal = wildcard < 0 ? pattern : nameOnly ? [] : pattern[..wildcard];
        return new IgnorePattern(literal.ToArray(), glob, nameOnly, folderOnly, negated, source);
    }

    /// <param name="path">Relative to the folder of the ignore file, with <c>/</c>.</param>
    /// <param name="isFolder">Whether it is one.</param>
    public bool Matches(ReadOnlySpan<byte> path, bool isFolder)
    {
        if (_folderOnly && !isFolder)
        {
            return false;
        }

        var text = _nameOnly ? path[(path.LastIndexOf((byte)'/') + 1)..] : path;
        if (_glob is null)
        {
            return text.SequenceEqual(_literal);
        }

        return text.StartsWith(_literal) && _glob.Matches(text[_literal.Length..]);
    }
}
