using System.Buffers;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Writes the head of a request to a replica: what the client sent, less its key and what concerns its own
/// connection, with a request id (§3.4).</summary>
internal static class RequestHead
{
    // What an HTTP/2 client may put into a value, and what would end it in HTTP/1.1. Others above U+00FF cannot be sent.
    private static readonly SearchValues<char> EndsLine = SearchValues.Create("\r\n\0");

    // RFC 3986 §3.3: pchar and the slash.
    private static readonly SearchValues<char> PathSafe = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/");

    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Writes it.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="prefix">Path of the replica's address, without a slash at its end.</param>
    /// <param name="path">Path on the replica.</param>
    /// <param name="authority">Host and port of the replica, for clients that named none.</param>
    /// <param name="stripKey">Whether Authorization stays here.</param>
    /// <param name="id">Sent as <c>x-request-id</c> when the client sent none.</param>
    /// <param name="bodyLength">Null for chunks, negative for no body.</param>
    /// <param name="traceParent">Sent in place of the client's <c>traceparent</c>; null: that goes on as it is.</param>
    /// <exception cref="BadHttpRequestException">A header cannot be written in HTTP/1.1.</exception>
    public static void Write(
        HeadBuffer buffer, HttpRequest request, string prefix, PathString path, string authority, bool stripKey, string id,
        long? bodyLength, string? traceParent = null)
    {
        buffer.Write(request.Method);
        buffer.Write(" "u8);
        buffer.Write(prefix);
        WritePath(buffer, path);
        WriteQuery(buffer, request.QueryString.Value);
        buffer.Write(" HTTP/1.1\r\n"u8);
        var headers = request.Headers;
        var connection = headers.Connection;
        var hasId = false;
        var hasHost = false;
        foreach (var (name, values) in headers)
        {
            if (name[0] == ':' || HopByHop.Contains(name) || IsOurs(name) || (stripKey && Same(name, "Authorization"))
                || (traceParent is not null && Same(name, "traceparent"))
                || (connection.Count > 0 && !Same(name, "Host") && HopByHop.IsNamedInAny(connection, name)))
            {
                continue;
            }

            hasId |= Same(name, RequestIds.Request);
            if (Same(name, "Host"))
            {
                hasHost = !StringValues.IsNullOrEmpty(values);
                if (!hasHost)
                {
                    continue;
                }
            }

            if (values.Count > 1 && Same(name, "Cookie"))
            {
                WriteLine(buffer, name, string.Join("; ", values.ToArray()));
                continue;
            }

            foreach (var value in values)
            {
                WriteLine(buffer, name, value);
            }
        }

        if (!hasHost)
        {
            WriteLine(buffer, "Host", authority);
        }

        if (!hasId)
        {
            WriteLine(buffer, RequestIds.Request, id);
        }

        if (traceParent is not null)
        {
            WriteLine(buffer, "traceparent", traceParent);
        }

        if (bodyLength is null)
        {
            buffer.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (bodyLength >= 0)
        {
            buffer.Write("Content-Length: "u8);
            buffer.Write(bodyLength.Value);
            buffer.Write("\r\n"u8);
        }

        buffer.Write("\r\n"u8);
    }

    // Written anew, or answered by the gateway (an expectation, by reading the body).
    private static bool IsOurs(string name) => Same(name, "Content-Length") || Same(name, "Expect");

    private static bool Same(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static void WriteLine(HeadBuffer buffer, string name, string? value)
    {
        var text = value.AsSpan();
        if (name.AsSpan().ContainsAnyExcept(Token) || text.ContainsAny(EndsLine) || text.ContainsAnyExceptInRange('\0', '\u00ff'))
        {
            throw new BadHttpRequestException($"A request header cannot be sent in HTTP/1.1: {name.Length} characters of name.");
        }

        buffer.Write(name);
        buffer.Write(": "u8);
        buffer.Write(text);
        buffer.Write("\r\n"u8);
    }

    // The server has decoded it, all but %2F. What could end the line, or the path, is encoded again.
    private static void WritePath(HeadBuffer buffer, PathString path)
    {
        var text = path.Value.AsSpan();
        if (!text.ContainsAnyExcept(PathSafe))
        {
            buffer.Write(text);
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (PathSafe.Contains(text[i]) || text[i..].StartsWith("%2F", StringComparison.OrdinalIgnoreCase))
            {
                buffer.Write(text.Slice(i, 1));
                i++;
                continue;
            }

            System.Text.Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                buffer.Write([(byte)'%', Hex(b >> 4), Hex(b & 15)]);
            }

            i += used;
        }

        static byte Hex(int digit) => (byte)"0123456789ABCDEF"[digit];
    }

    private static void WriteQuery(HeadBuffer buffer, string? query)
    {
        if (query.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            var escaped = new System.Text.StringBuilder(query!.Length + 16);
            foreach (var rune in query.EnumerateRunes())
            {
                var text = rune.ToString();
                escaped.Append(rune.Value is > ' ' and <= '~' ? text : Uri.EscapeDataString(text));
            }

            query = escaped.ToString();
        }

        buffer.Write(query);
    }
}
