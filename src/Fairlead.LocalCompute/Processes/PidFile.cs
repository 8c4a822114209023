using System.Globalization;
using System.Text;

namespace Fairlead.LocalCompute.Processes;

/// <summary>Remembers a replica's process across a crash of the server: its pid and start time.</summary>
internal static class PidFile
{
    public static void Write(string path, ProcessStat process) =>
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{process.Pid} {process.StartTicks}\n"), Encoding.ASCII);

    /// <summary>Null when the file is not whole: the server died while writing it.</summary>
    public static (int Pid, long StartTicks)? Read(string path)
    {
        var fields = File.ReadAllText(path).Split(' ', '\n');
        return fields.Length >= 2
            && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? (pid, ticks)
            : null;
    }
}
