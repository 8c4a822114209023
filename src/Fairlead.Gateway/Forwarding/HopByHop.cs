using System.Collections.Frozen;
using Fairlead.Gateway.Listening;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Headers that concern one connection only and never go on (RFC 9110 §7.6.1), with those the gateway answers
/// itself.</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info",
        "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Alt-Svc");

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>Whether a Connection header, of a replica or as decoded from a client's, lists the name.</summary>
    public static bool IsNamedIn(ReadOnlySpan<char> connection, ReadOnlySpan<char> name)
    {
        foreach (var range in connection.SplitAny(',', ConnectionOptionsEncoding.Separator))
        {
            if (connection[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of the Connection headers lists the name.</summary>
    public static bool IsNamedInAny(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            if (IsNamedIn(value.AsSpan(), name))
            {
                return true;
            }
        }

        return false;
    }
}
