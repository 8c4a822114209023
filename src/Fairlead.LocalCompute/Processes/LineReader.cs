using System.Text;

namespace Fairlead.LocalCompute.Processes;

/// <summary>Splits a stream of UTF-8 into lines of bounded length: a program that never ends a line costs no memory.</summary>
internal static class LineReader
{
    public const int MaxLineChars = 32 * 1024;

    /// <summary>Calls back for each line until the stream ends; a longer line comes in pieces.</summary>
    public static async Task ReadAsync(Stream stream, Action<string> onLine, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 8192, leaveOpen: true);
        var buffer = new char[8192];
        var line = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Split(buffer.AsSpan(0, count), line, onLine);
        }

        if (line.Length > 0)
        {
            onLine(line.ToString());
        }
    }

    private static void Split(ReadOnlySpan<char> text, StringBuilder line, Action<string> onLine)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf('\n');
            var piece = end < 0 ? text : text[..end];
            var room = MaxLineChars - line.Length;
            if (piece.Length > room)
            {
                line.Append(piece[..room]);
                text = text[room..];
                Emit(line, onLine);
                continue;
            }

            line.Append(piece);
            if (end < 0)
            {
                return;
            }

            text = text[(end + 1)..];
            Emit(line, onLine);
        }
    }

    private static void Emit(StringBuilder line, Action<string> onLine)
    {
        if (line.Length > 0 && line[^1] == '\r')
        {
            line.Length--;
        }

        onLine(line.ToString());
        line.Clear();
    }
}
