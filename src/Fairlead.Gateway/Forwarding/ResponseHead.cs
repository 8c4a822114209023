using System.Buffers;
using System.Text;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The head of a replica's answer, parsed strictly; used again, so that headers that repeat cost no strings.</summary>
internal sealed class ResponseHead
{
    public const int MaxBytes = 128 * 1024;
    private const int MaxLines = 200;
    private const int MaxRemembered = 256;

    private static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(static b => b != '\t').Select(static b => (byte)b), (byte)127]);

    private readonly List<Line> _lines = [];
    private string _reason = "";

    public int Status { get; private set; }

    public string Reason => _reason;

    /// <summary>Number of header lines.</summary>
    public int Count { get; private set; }

    /// <summary>Null when it is not given.</summary>
    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the replica keeps the connection.</summary>
    public bool KeepsAlive { get; private set; }

    private bool NamesHeaders { get; set; }

    public (string Name, string Value) this[int index] => (_lines[index].Name, _lines[index].Value);

    /// <summary>Whether the line goes to the client.</summary>
    public bool GoesOn(int index)
    {
        if (_lines[index].Stays)
        {
            return false;
        }

        for (var i = 0; NamesHeaders && i < Count; i++)
        {
            if (Is(i, "Connection") && HopByHop.IsNamedIn(_lines[i].Value, _lines[index].Name))
            {
                return false;
            }
        }

        return true;
    }

    public bool Has(string name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (Is(i, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Parses a head with its empty line at the end.</summary>
    /// <exception cref="BadAnswerException">It is not HTTP/1.1, or its body has no certain end.</exception>
    public void Parse(ReadOnlySpan<byte> head)
    {
        Count = 0;
        ContentLength = null;
        IsChunked = NamesHeaders = false;
        var version = ParseStatus(NextLine(ref head));
        KeepsAlive = version == 1;
        while (true)
        {
            var line = NextLine(ref head);
            if (line.IsEmpty)
            {
                break;
            }

            ParseLine(line);
        }

        if (IsChunked && (ContentLength is not null || version == 0))
        {
            throw new BadAnswerException("it has Transfer-Encoding together with Content-Length or HTTP/1.0");
        }

        if (Status is < 200 or 204 && IsChunked)
        {
            throw new BadAnswerException($"it has Transfer-Encoding with status {Status}");
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 1 || rest[end - 1] != '\r')
        {
            throw new BadAnswerException("a line of its head does not end with CR LF");
        }

        var line = rest[..(end - 1)];
        rest = rest[(end + 1)..];
        return line;
    }

    private int ParseStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' '
            || line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[9] is < (byte)'1' or > (byte)'5'
            || (line.Length > 12 && line[12] != ' ') || line.ContainsAny(Controls))
        {
            throw new BadAnswerException("it does not begin with an HTTP/1.1 status line");
        }

        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        var reason = line.Length > 13 ? line[13..] : default;
        if (!Matches(reason, _reason))
        {
            _reason = Encoding.Latin1.GetString(reason);
        }

        return line[7] - '0';
    }

    private void ParseLine(ReadOnlySpan<byte> raw)
    {
        if (Count == MaxLines)
        {
            throw new BadAnswerException($"it has more than {MaxLines} header lines");
        }

        if (Count == _lines.Count)
        {
            _lines.Add(default);
        }

        if (_lines[Count].Raw is not { } seen || !raw.SequenceEqual(seen))
        {
            _lines[Count] = Line.Parse(raw, _lines[Count].Name);
        }

        var index = Count++;
        switch (_lines[index].Kind)
        {
            case LineKind.ContentLength:
                if (ContentLength is not null)
                {
                    throw new BadAnswerException("it has more than one Content-Length");
                }

                ContentLength = ReadLength(_lines[index].Value);
                break;
            case LineKind.TransferEncoding:
                if (IsChunked || !_lines[index].Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                {
                    throw new BadAnswerException("its Transfer-Encoding is not just 'chunked'");
                }

                IsChunked = true;
                break;
            case LineKind.Connection:
                NamesHeaders = true;
                KeepsAlive &= !HopByHop.IsNamedIn(_lines[index].Value, "close");
                break;
        }
    }

    private static long ReadLength(string value)
    {
        if (value.Length is 0 or > 18 || value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new BadAnswerException("its Content-Length is not a number");
        }

        return long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private bool Is(int index, string name) => _lines[index].Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(ReadOnlySpan<byte> bytes, string text)
    {
        if (bytes.Length != text.Length)
        {
            return false;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private enum LineKind
    {
        Other,
        ContentLength,
        TransferEncoding,
        Connection,
    }

    private readonly record struct Line(byte[]? Raw, string Name, string Value, LineKind Kind, bool Stays)
    {
        public static Line Parse(ReadOnlySpan<byte> raw, string? earlier)
        {
            var colon = raw.IndexOf((byte)':');
            if (colon < 1 || raw[..colon].ContainsAnyExcept(Token))
            {
                throw new BadAnswerException("a header has no valid name, or is folded");
            }

            var bytes = raw[(colon + 1)..].Trim(" \t"u8);
            if (bytes.ContainsAny(Controls))
            {
                throw new BadAnswerException("a header's value has a control character");
            }

            var name = earlier is not null && Matches(raw[..colon], earlier) ? earlier : Encoding.Latin1.GetString(raw[..colon]);
            var kind = name.Length switch
            {
                14 when name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) => LineKind.ContentLength,
                17 when name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) => LineKind.TransferEncoding,
                10 when name.Equals("Connection", StringComparison.OrdinalIgnoreCase) => LineKind.Connection,
                _ => LineKind.Other,
            };
            return new Line(
                raw.Length <= MaxRemembered ? raw.ToArray() : null, name, Encoding.Latin1.GetString(bytes), kind,
                kind != LineKind.Other || HopByHop.Contains(name));
        }
    }
}
