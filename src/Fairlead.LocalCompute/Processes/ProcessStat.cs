using System.Globalization;

namespace Fairlead.LocalCompute.Processes;

/// <summary>
/// What <c>/proc/&lt;pid&gt;/stat</c> says. A pid with its start time names a process for good: pids are used again,
/// the pair is not.
/// </summary>
internal readonly record struct ProcessStat(int Pid, int ParentPid, int GroupId, char State, long StartTicks)
{
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));

            // The name of the program is in brackets and may hold anything, brackets too: fields count from the last one.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(pid, Number(fields[1]), Number(fields[2]), fields[0][0],
                long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Every process there is now.</summary>
    public static IEnumerable<ProcessStat> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { } stat)
            {
                yield return stat;
            }
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
