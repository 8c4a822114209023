using System.Text;

namespace Fairlead.Client.Ignoring;

/// <summary>Reads a bracket expression: <c>[abc]</c>, <c>[!a-z]</c>, <c>[[:digit:]_]</c>.</summary>
internal static class GlobSet
{
    /// <summary>The set of bytes; null when malformed. Leaves <paramref name="index"/> on the closing bracket.</summary>
    public static bool[]? Parse(ReadOnlySpan<byte> pattern, ref int index)
    {
        var set = new bool[256];
        var i = index + 1;
        var negated = i < pattern.Length && pattern[i] is (byte)'!' or (byte)'^';
        if (negated)
        {
            i++;
        }

        // A bracket that comes first is a member. After a range or class, a dash cannot begin another range.
        byte? previous = null;
        for (var first = true; ; first = false, i++)
        {
            if (i >= pattern.Length)
            {
                return null;
            }

            var current = pattern[i];
            if (current == ']' && !first)
            {
                break;
            }

            if (current == '-' && previous is { } low && i + 1 < pattern.Length && pattern[i + 1] != ']')
            {
                if (!TryTakeMember(pattern, ref i, step: 1, out var high))
                {
                    return null;
                }

                for (int value = low; value <= high; value++)
                {
                    set[value] = true;
                }

                previous = null;
            }
            else if (current == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':')
            {
                switch (TryTakeClass(pattern, ref i, set))
                {
                    case true:
                        previous = null;
                        break;
                    case false:
                        return null;
                    default:
                        set['['] = true;
                        previous = (byte)'[';
                        break;
                }
            }
            else
            {
                if (!TryTakeMember(pattern, ref i, step: 0, out var member))
                {
                    return null;
                }

                set[member] = true;
                previous = member;
            }
        }

        if (negated)
        {
            for (var value = 0; value < set.Length; value++)
            {
                set[value] = !set[value];
            }
        }

        index = i;
        return set;
    }

    private static bool TryTakeMember(ReadOnlySpan<byte> pattern, ref int i, int step, out byte member)
    {
        i += step;
        if (i < pattern.Length && pattern[i] == '\\')
        {
            i++;
        }

        member = i < pattern.Length ? pattern[i] : (byte)0;
        return i < pattern.Length;
    }

    // True: a class was added. False: it has no end or no such name. Null: it is not a class, the bracket is a member.
    private static bool? TryTakeClass(ReadOnlySpan<byte> pattern, ref int i, bool[] set)
    {
        var start = i + 2;
        var length = pattern[start..].IndexOf((byte)']');
        if (length < 0)
        {
            return false;
        }

        if (length == 0 || pattern[start + length - 1] != ':')
        {
            return null;
        }

        if (Class(Encoding.UTF8.GetString(pattern.Slice(start, length - 1))) is not { } contains)
        {
            return false;
        }

        for (var value = 0; value < 128; value++)
        {
            set[value] |= contains((char)value);
        }

        i = start + length;
        return true;
    }

    private static Func<char, bool>? Class(string name) => name switch
    {
        "alnum" => char.IsAsciiLetterOrDigit,
        "alpha" => char.IsAsciiLetter,
        "blank" => c => c is ' ' or '\t',
        "cntrl" => char.IsControl,
        "digit" => char.IsAsciiDigit,
        "graph" => c => c is > ' ' and < '\x7f',
        "lower" => char.IsAsciiLetterLower,
        "print" => c => c is >= ' ' and < '\x7f',
        "punct" => c => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c),
        "space" => char.IsWhiteSpace,
        "upper" => char.IsAsciiLetterUpper,
        "xdigit" => char.IsAsciiHexDigit,
        _ => null,
    };
}
