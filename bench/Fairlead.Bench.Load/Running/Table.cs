using System.Globalization;

namespace Fairlead.Bench.Load.Running;

/// <summary>Prints rows in columns: the first to the left, the others to the right.</summary>
internal static class Table
{
    public static void Print(IReadOnlyList<object[]> rows)
    {
        var texts = rows.Select(static row => row.Select(Text).ToArray()).ToList();
        var widths = Enumerable.Range(0, texts[0].Length).Select(column => texts.Max(row => row[column].Length)).ToArray();
        foreach (var row in texts)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        }
    }

    private static string Text(object cell) => cell switch
    {
        double number when double.IsNaN(number) => "-",
        double number => number.ToString(Math.Abs(number) >= 100 ? "F0" : "F2", CultureInfo.InvariantCulture),
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", cell),
    };
}
