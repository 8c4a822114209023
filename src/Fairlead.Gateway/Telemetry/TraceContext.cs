using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Telemetry;

/// <summary>The form of <c>traceparent</c> (W3C Trace Context, level 1).</summary>
internal static class TraceContext
{
    private const int Length = 55;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>The header, if it is valid; else null, as if it had not been sent.</summary>
    public static string? Read(IHeaderDictionary headers) =>
        headers.TraceParent is [{ } value] && IsValid(value) ? value : null;

    /// <summary>The 32 digits of the trace in a valid header.</summary>
    public static ReadOnlySpan<char> TraceId(string traceParent) => traceParent.AsSpan(3, 32);

    /// <summary>Whether whoever sent it records the trace.</summary>
    public static bool IsSampled(string traceParent) => (Convert.ToInt32(traceParent[53..Length], 16) & 1) == 1;

    // Later versions may be longer, and begin in the same way.
    private static bool IsValid(string value)
    {
        var text = value.AsSpan();
        return text.Length >= Length && (text.Length == Length || (text[Length] == '-' && !text.StartsWith("00")))
            && text[2] == '-' && text[35] == '-' && text[52] == '-' && !text.StartsWith("ff")
            && IsHex(text[..2]) && IsHex(text[3..35]) && IsHex(text[36..52]) && IsHex(text[53..Length])
            && text[3..35].ContainsAnyExcept('0') && text[36..52].ContainsAnyExcept('0');
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}
