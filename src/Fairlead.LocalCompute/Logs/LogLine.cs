using System.Globalization;

namespace Fairlead.LocalCompute.Logs;

/// <summary>A line as it is stored: the time in 28 characters, a space, the text. Times order lines across replicas.</summary>
internal readonly record struct LogLine(string Replica, DateTime Time, string Text)
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffffffZ";
    private const int TimeLength = 28;

    public string Stored => Time.ToString(Format, CultureInfo.InvariantCulture) + " " + Text;

    /// <summary>A line without a time (cut by a crash) counts as the oldest.</summary>
    public static LogLine Parse(string replica, string stored) =>
        stored.Length > TimeLength
        && DateTime.TryParseExact(
            stored.AsSpan(0, TimeLength), Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? new LogLine(replica, time, stored[(TimeLength + 1)..])
            : new LogLine(replica, DateTime.MinValue, stored);
}
