using System.Text;
using CsCheck;

namespace Fairlead.Gateway.Tests.Forwarding;

/// <summary>Answers of replicas at random: well formed, or nearly.</summary>
internal static class AnswerGen
{
    private static readonly Gen<char> TokenChar = One("abcxyzABC019-_!~".ToCharArray());
    private static readonly Gen<char> ValueChar = One("abcXYZ 019,;:=\"/ÿ".ToCharArray());

    /// <summary>Header lines that frame nothing.</summary>
    public static readonly Gen<(string Name, string Space, string Value)[]> Lines = Gen.Select(
        Gen.String[TokenChar, 1, 12].Select(static name => "x-" + name), One("", " ", " \t "),
        Gen.String[ValueChar, 0, 20].Select(static value => value.Trim())).Array[0, 6];

    private static readonly Gen<string> Framing = Gen.OneOf(
        Gen.Int[0, 9].Select(static length => $"Content-Length: {length}"),
        One(
            "Transfer-Encoding: chunked", "transfer-encoding:Chunked", "Connection: close", "Connection: keep-alive, x-a", "Keep-Alive: 5",
            "Content-Length: 1", "Content-Length: 99999999999999999999", "x-b: 1", "x-b:2", "Content-Type: application/json"));

    private static readonly Gen<string> Status = One(
        "HTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 204 No Content", "HTTP/1.1 418 I'm a teapot");

    /// <summary>A head with its empty line; its framing may contradict itself.</summary>
    public static readonly Gen<byte[]> Head = Gen.Select(Status, Framing.Array[0, 4], Lines, static (status, framing, lines) => Bytes(
        status + "\r\n" + string.Concat(framing.Select(static line => line + "\r\n"))
        + string.Concat(lines.Select(static line => $"{line.Name}:{line.Space}{line.Value}\r\n")) + "\r\n"));

    private static readonly Gen<string> Body = Gen.String[Gen.Char['a', 'z'], 1, 40];

    /// <summary>A whole answer that is right: of known length, in chunks with extensions and trailers, after interim ones, or
    /// until its end.</summary>
    public static readonly Gen<byte[]> Answer = Gen.OneOf(
        Gen.Select(Lines, Body, static (lines, body) => Written(lines, $"Content-Length: {body.Length}\r\n", body)),
        Gen.Select(Lines, Body, static (lines, body) => Written(lines, "Connection: close\r\n", body)),
        Gen.Select(Lines, Body, static (lines, body) => Bytes(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n").Concat(
                Written(lines, $"Content-Length: {body.Length}\r\n", body)).ToArray()),
        Gen.Select(
            Lines, Gen.Select(Body, One("", ";a=b", " ;q=\"1\"")).Array[0, 4], One("", "x-trailer: 1\r\n"),
            static (lines, chunks, trailer) => Written(
                lines, "Transfer-Encoding: chunked\r\n",
                string.Concat(chunks.Select(static chunk => $"{chunk.Item1.Length:x}{chunk.Item2}\r\n{chunk.Item1}\r\n")) + "0\r\n" + trailer + "\r\n")));

    /// <summary>The same with some bytes changed, left out or doubled.</summary>
    public static Gen<byte[]> Changed(Gen<byte[]> bytes) => Gen.Select(
        bytes, Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 2], One("\r\n\0:; ,0159afz\t-+".ToCharArray())).Array[1, 3],
        static (original, changes) =>
        {
            var changed = original.ToList();
            foreach (var (position, kind, character) in changes)
            {
                if (changed.Count == 0)
                {
                    break;
                }

                var at = position % changed.Count;
                if (kind == 0)
                {
                    changed[at] = (byte)character;
                }
                else if (kind == 1)
                {
                    changed.RemoveAt(at);
                }
                else
                {
                    changed.Insert(at, changed[at]);
                }
            }

            return changed.ToArray();
        });

    /// <summary>One of these.</summary>
    public static Gen<T> One<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static byte[] Written((string Name, string Space, string Value)[] lines, string framing, string rest) => Bytes(
        "HTTP/1.1 200 OK\r\n" + string.Concat(lines.Select(static line => $"{line.Name}:{line.Space}{line.Value}\r\n")) + framing + "\r\n" + rest);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
