using System.Text;

namespace Fairlead.LocalCompute.Logs;

/// <summary>Reads the last lines of a file from its end, so that a long log costs no more than what is shown of it.</summary>
internal static class LogTail
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>At most <paramref name="count"/> whole lines that end before <paramref name="length"/>, oldest first.</summary>
    public static IReadOnlyList<string> Read(Stream file, long length, int count)
    {
        if (count <= 0 || length <= 0)
        {
            return [];
        }

        var blocks = new List<byte[]>();
        var newLines = 0;
        var position = length;

        // One more line end than lines: the one before the first line wanted.
        while (position > 0 && newLines <= count)
        {
            var block = new byte[Math.Min(BlockBytes, position)];
            position -= block.Length;
            file.Position = position;
            file.ReadExactly(block);
            newLines += block.AsSpan().Count((byte)'\n');
            blocks.Add(block);
        }

        blocks.Reverse();
        var text = Encoding.UTF8.GetString([.. blocks.SelectMany(block => block)]);
        var lines = text.Split('\n');

        // After the last line end there is nothing, or the beginning of a line that a crash cut off.
        var whole = lines[^1].Length == 0 ? lines.AsSpan(0, lines.Length - 1) : lines.AsSpan();
        return whole[Math.Max(0, whole.Length - count)..].ToArray();
    }
}
