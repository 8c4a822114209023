using System.Globalization;
using System.Text;

namespace Fairlead.Scoring.Logging;

/// <summary>Python's <c>%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s</c>, in UTC.</summary>
internal static class ServerLogLine
{
    public static byte[] Format(
        DateTimeOffset now, LogLevel level, string name, string message, Exception? exception)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{now.UtcDateTime:yyyy-MM-dd HH:mm:ss,fff} {Letter(level)} [{Environment.ProcessId}] {name} - {message}");
        return Encoding.UTF8.GetBytes(exception is null ? text + "\n" : text + "\n" + exception + "\n");
    }

    private static char Letter(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 'D',
        LogLevel.Information or LogLevel.None => 'I',
        LogLevel.Warning => 'W',
        LogLevel.Error => 'E',
        LogLevel.Critical => 'C',
    };
}
